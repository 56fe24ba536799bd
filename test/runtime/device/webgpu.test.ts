import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { resolveDevice } from "#runtime/device/device.ts";
import { assertFailed, runAim } from "../../support/run-aim.ts";
import { softwareAdapter } from "../../support/software-adapter.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ROOT = path.join(import.meta.dirname, "../../..");
const QUESTION = [
  "ask",
  "--image",
  "media/samples/one-cross.jpg",
  "--max-tokens",
  "2",
  "--json",
  "What color is the cross?",
];
/** A model for which a GPU would pay. */
const LARGE = { parameters: 1e9, precisions: ["q8"] } as const;
const NO_ADAPTER = { VK_ICD_FILENAMES: "/nonexistent", VK_DRIVER_FILES: "/nonexistent" };

describe("WebGPU in software", function () {
  this.timeout(300_000);
  const env = softwareAdapter();

  it("computes what the fixtures and the CPU do, with the cache on the device", async () => {
    const script = path.join(import.meta.dirname, "webgpu-cases.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
    assert.deepEqual(stdout.trim().split("\n"), ["likeFixtures", "likeCpu"]);
  });

  it("answers as the CPU does where it is asked for, and is left alone where it is not", async () => {
    const onCpu = JSON.parse((await runAim(QUESTION, { env: { ...env, AIM_CACHE: env.AIM_CACHE ?? "" } })).out);
    assert.equal(onCpu.device, "cpu");
    assert.deepEqual(onCpu.notices, []);
    const { code, out, err } = await runAim([...QUESTION, "--device", "webgpu"], { env });
    assert.equal(code, 0, err);
    const onDevice = JSON.parse(out);
    assert.deepEqual([onDevice.device, onDevice.notices], ["webgpu", []]);
    assert.equal(onDevice.answer, onCpu.answer);
    assert.deepEqual(onDevice.tokens, onCpu.tokens);
  });

  it("is left alone by large models, too, because it is slower than the CPU", async () => {
    const { device, notices } = await withEnvironment(env, () => resolveDevice("auto", LARGE));
    assert.deepEqual([device, notices], ["cpu", []]);
  });

  it("does not run int8", async () => {
    const flags = ["--device", "webgpu", "--precision", "int8"];
    assertFailed(await runAim([...QUESTION, ...flags], { env }), /int8 runs on the CPU alone, not on webgpu/, /q8/);
  });
});

describe("a machine without a GPU", function () {
  this.timeout(120_000);
  const at = temporaryFolder();

  it("uses the CPU unless told otherwise, and says nothing of it", async () => {
    const { out } = await runAim(QUESTION, { env: { ...NO_ADAPTER, AIM_CACHE: at("cache") } });
    const { device, notices } = JSON.parse(out);
    assert.deepEqual([device, notices], ["cpu", []]);
    const environment = { ...NO_ADAPTER, AIM_CACHE: at("cache") };
    const large = await withEnvironment(environment, () => resolveDevice("auto", LARGE));
    assert.deepEqual([large.device, large.notices], ["cpu", []]);
  });

  it("says what is missing where a GPU is asked for", async () => {
    const ask = (device: string) =>
      runAim([...QUESTION, "--device", device], { env: { ...NO_ADAPTER, AIM_CACHE: at("cache") } });
    assertFailed(await ask("webgpu"), /webgpu cannot be used: .*adapter/, /driver|Linux/);
    assertFailed(await ask("cuda"), /cuda cannot be used/, /libonnxruntime_providers|Linux x64/);
  });
});

/** Runs `work` with other variables in the environment, which processes inherit that it starts. */
async function withEnvironment<Result>(
  variables: Readonly<Record<string, string | undefined>>,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
