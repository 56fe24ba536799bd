import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { installedModel } from "#library/installed-models.ts";
import { importModel } from "#runtime/import/import-model.ts";
import { makeCheckpoint } from "../../../tools/checkpoint/make-checkpoint.ts";
import { type CheckpointSpec, TINY } from "../../../tools/checkpoint/spec.ts";
import { decoderLogits } from "../../support/decoder-logits.ts";
import { environment } from "../../support/environment.ts";
import { startImport } from "../../support/import-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** 7 million parameters: an import takes about a second. */
const WIDE: CheckpointSpec = {
  ...TINY,
  text: { layers: 4, hidden: 320, heads: 4, kvHeads: 2, intermediate: 1280, vocabulary: 2000, maxPositions: 1024 },
};
const KILLS = 12;
const LONGEST_WAIT_MS = 600;

describe("an import that is cut off", () => {
  const at = temporaryFolder();
  environment(() => ({ AIM_HOME: at("home"), AIM_CACHE: at("cache") }));
  const folderNow = () => installedModel("mine")?.folder ?? assert.fail("no model");
  const answerOf = (folder: string) => decoderLogits(folder, "q8", at("cache"));
  const finish = async () => assert.match(await startImport(at("new"), at("home")).ended, /mine is ready/);

  it("leaves the old model or the new one, whenever it is killed, and is gone on with", async () => {
    makeCheckpoint(at("old"));
    makeCheckpoint(at("new"), WIDE);
    await importModel({ source: at("old"), name: "mine", precision: "q8" }, { skipsCheck: true });
    const oldFolder = folderNow();
    const [before, after] = [await answerOf(oldFolder), await answerOf(at("new"))];
    for (let kill = 0; kill < KILLS; kill++) {
      const child = startImport(at("new"), at("home"));
      await child.begun();
      await wait((LONGEST_WAIT_MS * kill) / KILLS);
      process.kill(child.pid, "SIGKILL");
      await child.ended;
      assert.deepEqual(await answerOf(folderNow()), folderNow() === oldFolder ? before : after);
    }
    await finish();
    assert.deepEqual(await answerOf(folderNow()), after);
    assert.equal(readdirSync(at("home", "models", "mine")).length, 2, "one version and the pointer");
  });

  it("by a full disk says so, and goes on when there is room", async () => {
    if (process.platform === "win32") return; // no limit that a process can be given
    makeCheckpoint(at("new"), WIDE);
    const failed = await startImport(at("new"), at("home"), { mostBytes: 4e6 }).ended;
    assert.match(failed, /^error: .*could not be written.*\nhint: .*AIM_HOME/m);
    assert.equal(installedModel("mine"), undefined);
    const [version = ""] = readdirSync(at("home", "models", "mine"));
    assert.ok(readdirSync(path.join(at("home", "models", "mine"), version)).includes("decoder.safetensors.part"));
    await finish();
    assert.deepEqual(await answerOf(folderNow()), await answerOf(at("new")));
  });

  it("by another that imports the same name is told so, or finds it done", async () => {
    makeCheckpoint(at("new"), WIDE);
    const both = [1, 2].map(() => startImport(at("new"), at("home")));
    const said = await Promise.all(both.map(({ ended }) => ended));
    assert.ok(
      said.some((each) => /mine is ready/.test(each)),
      said.join(),
    );
    for (const each of said) assert.match(each, /mine is ready|error: mine is being imported by process \d+/);
    assert.deepEqual(await answerOf(folderNow()), await answerOf(at("new")));
  });
});
