import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { partialName } from "#library/partial-file.ts";
import { Calibration } from "#runtime/budget/calibration.ts";
import { calibrationKey, calibrationPath } from "#runtime/budget/calibration-file.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const MODEL = { identity: "a1b2", precision: { vision: "int8", decoder: "q8" }, device: "cpu" } as const;
const KEY = calibrationKey(MODEL);
const prefill = (tokens: number, ms: number) => ({ prefill: { work: [1, tokens, 0, 0], ms } });
const NO_WORK = { media: [0, 0, 0, 0], vision: [0], merge: [0, 0, 0], other: [0, 0], decode: [0, 0, 0] };
const predict = (calibration: Calibration, tokens: number) =>
  calibration.predictor().stage({ ...NO_WORK, prefill: [1, tokens, 0, 0] }, "prefill");

/** Runs `script` on `folder` and kills it in the midst of what follows its first `writes` dots. */
async function killAfter(writes: number, script: string, folder: string): Promise<void> {
  const flags = ["--import", "tsx", "--input-type", "module", "-e", script, folder, KEY];
  const child = spawn(process.execPath, flags, {
    cwd: path.join(import.meta.dirname, "../../.."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let written = 0;
  child.stdout.on("data", (dots: Buffer) => {
    written += dots.length;
    if (written >= writes) child.kill("SIGKILL");
  });
  await once(child, "close");
}

describe("Calibration", () => {
  const at = temporaryFolder();

  it("is known again in another process", async () => {
    const first = new Calibration(at("c"), KEY);
    assert.deepEqual([first.isProbed, predict(first, 10)], [false, undefined]);
    await first.add([prefill(1, 30), prefill(10, 300)], true);
    const later = new Calibration(at("c"), KEY);
    assert.equal(later.isProbed, true);
    assert.ok((predict(later, 10) ?? 0) > 0);
    assert.equal(predict(later, 10), predict(first, 10));
    await later.add([prefill(5, 150)]);
    assert.equal(new Calibration(at("c"), KEY).isProbed, true);
    assert.equal(predict(first, 7), predict(later, 7)); // one process sees what another has added
  });

  it("is not that of another model, precision, device or version", async () => {
    await new Calibration(at("c"), KEY).add([prefill(1, 30)], true);
    const others = [
      { ...MODEL, identity: "a1b3" },
      { ...MODEL, precision: { vision: "int8", decoder: "int8" } as const },
      { ...MODEL, device: "webgpu" as const },
    ];
    for (const other of others) {
      const key = calibrationKey(other);
      assert.notEqual(key, KEY);
      assert.equal(new Calibration(at("c"), key).isProbed, false);
      // Even a file that lies where that of another would lie is not used.
      writeFileSync(calibrationPath(at("c"), key), readFileSync(calibrationPath(at("c"), KEY)));
      assert.equal(new Calibration(at("c"), key).isProbed, false);
    }
  });

  it("begins anew where the file is damaged", async () => {
    const file = calibrationPath(at("c"), KEY);
    await new Calibration(at("c"), KEY).add([prefill(1, 30)], true);
    const whole = readFileSync(file, "utf8");
    const damaged = [
      "",
      "{",
      whole.slice(0, 40),
      whole.replace("true", "1"),
      whole.replace("[1,1,0,0]", "[1,1,0]"),
      whole.replace(":30", ":-30"),
    ];
    for (const text of damaged) {
      assert.notEqual(text, whole);
      writeFileSync(file, text);
      const calibration = new Calibration(at("c"), KEY);
      assert.deepEqual([calibration.isProbed, predict(calibration, 1)], [false, undefined], text);
      await calibration.add([prefill(1, 30)], true);
      assert.equal(readFileSync(file, "utf8"), whole);
    }
  });

  it("keeps nothing on disk without a folder, and goes on without a disk that can be written", async () => {
    writeFileSync(at("file"), "");
    for (const folder of [undefined, at("file", "c")]) {
      const calibration = new Calibration(folder, KEY);
      await calibration.add([prefill(1, 30)], true);
      assert.equal(calibration.isProbed, true);
      assert.ok(predict(calibration, 1));
    }
    assert.deepEqual(readdirSync(at()), ["file"]);
  });

  it("passes over stages that did nothing, and forgets the middle of many samples", async () => {
    const calibration = new Calibration(at("c"), KEY);
    await calibration.add([{ prefill: { work: [0, 0, 0, 0], ms: 5 }, vision: { work: [1], ms: 0 } }]);
    assert.equal(predict(calibration, 1), undefined);
    for (let i = 0; i < 100; i++) await calibration.add([prefill(1 + i, 30 * (1 + i))]);
    const { samples } = JSON.parse(readFileSync(calibrationPath(at("c"), KEY), "utf8"));
    assert.equal(samples.prefill.length, 40);
    assert.deepEqual([samples.prefill[0].work[1], samples.prefill.at(-1).work[1]], [1, 100]);
  });

  it("is whole whenever a process that writes it is killed, and what that leaves is removed", async () => {
    mkdirSync(at("c"));
    const file = calibrationPath(at("c"), KEY);
    const script = `
      import { Calibration } from "#runtime/budget/calibration.ts";
      const calibration = new Calibration(process.argv[1], process.argv[2]);
      for (let i = 1; ; i++) {
        await calibration.add([{ prefill: { work: [1, i, 0, 0], ms: i } }], true);
        process.stdout.write(".");
      }`;
    for (const writes of [1, 7, 20]) {
      await killAfter(writes, script, at("c"));
      assert.equal(JSON.parse(readFileSync(file, "utf8")).key, KEY);
      assert.equal(new Calibration(at("c"), KEY).isProbed, true);
    }
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(partialName(file).replace(`-${process.pid}-`, `-${dead}-`), "{");
    await new Calibration(at("c"), KEY).add([prefill(1, 30)]);
    assert.deepEqual(readdirSync(at("c")), [path.basename(file)]);
  });
});
