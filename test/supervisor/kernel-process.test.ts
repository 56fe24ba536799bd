import assert from "node:assert/strict";
import type { ImportStage } from "#core/model-import.ts";
import { KernelProcess } from "#supervisor/kernel-process.ts";
import { fakeKernel } from "../support/supervised.ts";

describe("supervisor/kernel-process", function () {
  this.timeout(20_000);
  let kernel: KernelProcess | undefined;
  afterEach(() => kernel?.end({ kind: "dispose" }));

  function start(interruptMs = 30_000): KernelProcess {
    kernel = new KernelProcess({
      modulePath: fakeKernel(),
      env: {},
      interruptMs: () => interruptMs,
      onLog: () => {},
    });
    return kernel;
  }

  /** An import, what it tells, and the moment at which it has begun. */
  function begin(process: KernelProcess, source: string, signal?: AbortSignal) {
    const told: [ImportStage, number, number][] = [];
    let onBegun = () => {};
    const begun = new Promise<void>((resolve) => {
      onBegun = resolve;
    });
    const onProgress = (...progress: [ImportStage, number, number]) => {
      told.push(progress);
      onBegun();
    };
    const model = process.importModel({ source }, onProgress, signal);
    model.catch(() => {}); // looked at later
    return { model, told, begun };
  }

  it("tells each of two imports its own progress", async () => {
    const abort = new AbortController();
    const process = start();
    const first = begin(process, "wait", abort.signal);
    await first.begun;
    const second = begin(process, "quick");
    assert.equal((await second.model).name, "quick");
    assert.deepEqual(first.told, [["convert", 1, 2]]);
    assert.deepEqual(second.told, [
      ["convert", 1, 2],
      ["convert", 2, 2],
    ]);
    abort.abort();
    await first.model;
    assert.deepEqual(first.told.at(-1), ["convert", 2, 2]);
  });

  it("ends with an import that does not react to its cancellation", async () => {
    const abort = new AbortController();
    const process = start(50);
    const { model, begun } = begin(process, "block", abort.signal);
    await begun;
    abort.abort();
    await assert.rejects(model, { code: "kernel-lost", message: /did not stop within 0\.05 s/ });
    await process.ended;
    assert.ok(process.isLost);
  });
});
