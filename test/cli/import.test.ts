import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../tools/checkpoint/spec.ts";
import { HubServer } from "../support/hub-server.ts";
import { assertFailed, runAim } from "../support/run-aim.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("aim import and aim models", function () {
  this.timeout(120_000);
  const at = temporaryFolder();
  const aim = (args: readonly string[], more: Record<string, string> = {}) =>
    runAim(args, {
      env: { AIM_HOME: at("home"), AIM_CACHE: at("cache"), HF_HUB_CACHE: at("hf"), AIM_MODELS: "", ...more },
    });

  it("import a folder, list it, ask it and remove it", async () => {
    makeCheckpoint(at("model"));
    const imported = await aim(["import", at("model"), "--name", "mine", "--precision", "q4"]);
    assert.equal(imported.code, 0, imported.err);
    assert.match(
      imported.out,
      /family +llava-onevision\n[\s\S]*precision +q4, vision int8\n[\s\S]*to write +[\d.]+ MB/,
    );
    assert.match(imported.out, /mine is ready \(q4, vision int8\): aim ask --model mine/);
    assert.match(
      (await aim(["models"])).out,
      /^demo +embedded.*\nmine +imported +llava-onevision +q4, vision int8 +3\.\d+ MB/,
    );
    const asked = await aim(["ask", "--model", "mine", "--max-tokens", "2", "--json", "Why?"]);
    assert.equal(JSON.parse(asked.out).model, "mine");
    assertFailed(await aim(["import", at("model"), "--name", "mine"]), /already/, /--replace/);
    assertFailed(await aim(["ask", "--model", "mine", "--precision", "q8", "Why?"]), /imported as q4/, /--replace/);
    const removed = await aim(["models", "--remove", "mine"]);
    assert.equal(removed.out, "mine is removed\n");
    assert.ok(!existsSync(at("home", "models", "mine")));
    assertFailed(await aim(["models", "--remove", "mine"]), /no imported model/);
  });

  it("import from the hub that the environment names", async () => {
    const server = new HubServer();
    makeCheckpoint(at("hub", "lab", "tiny"), { ...TINY, shards: 2 });
    await server.start(at("hub"));
    const env = { HF_ENDPOINT: server.url, HF_TOKEN: "hf_secret" };
    const { code, out, err } = await aim(["import", "lab/tiny", "--precision", "q8", "--no-check", "--json"], env);
    await server.stop();
    assert.equal(code, 0, err);
    const { name, precision, facts } = JSON.parse(out);
    assert.deepEqual([name, precision, facts.family], ["tiny", { vision: "q8", decoder: "q8" }, "llava-onevision"]);
    assert.ok(server.requests.some(({ authorization }) => authorization === "Bearer hf_secret"));
    assert.equal(`${out}${err}`.includes("hf_secret"), false);
  });

  it("say what is wrong with what they are given", async () => {
    makeCheckpoint(at("model"));
    rmSync(at("model", "tokenizer.json"));
    assertFailed(await aim(["import", at("model")]), /tokenizer\.json/);
    assertFailed(await aim(["import", at("nowhere")]), /there is no folder .*nowhere/, /ORGANISATION\/NAME/);
    assertFailed(await aim(["import"]), /give one folder/);
    assertFailed(await aim(["import", at("model"), "--precision", "fp8"]), /fp8/);
    assertFailed(await aim(["models", "mine"]), /takes no "mine"/);
  });
});
