import assert from "node:assert/strict";
import { RunTrace } from "#runtime/run-trace.ts";
import { TraceStore } from "#runtime/trace-store.ts";
import { assertAimError } from "../support/assert-error.ts";

const DECODER = { layers: 1, hidden: 1, intermediate: 1, heads: 1, kvHeads: 1, headDim: 1, vocab: 1 };

/** A trace of a prompt of one token, with keys of `mebibytes`. */
function traceOf(run: string, mebibytes = 0): RunTrace {
  const keys = [new Float32Array(mebibytes * 2 ** 18)];
  const attended = { keys, queries: [[new Float32Array(0)]] };
  return new RunTrace({ run, tokens: [], decoder: DECODER, isText: Uint8Array.of(1), entered: [], attended });
}

function held(store: TraceStore, runs: readonly string[]): string[] {
  return runs.filter((run) => {
    try {
      return store.get(run).summary.run === run;
    } catch {
      return false;
    }
  });
}

describe("TraceStore", () => {
  const names = Array.from({ length: 12 }, (_, i) => `run ${i}`);

  it("holds the last eight", () => {
    const store = new TraceStore();
    for (const name of names) store.add(traceOf(name));
    assert.deepEqual(held(store, names), names.slice(-8));
  });

  it("holds fewer where they take more than 256 MiB, but always the last", () => {
    const store = new TraceStore();
    for (const name of names.slice(0, 4)) store.add(traceOf(name, 100));
    assert.deepEqual(held(store, names), ["run 2", "run 3"]);
    store.add(traceOf("run 4", 300));
    assert.deepEqual(held(store, names), ["run 4"]);
    store.add(traceOf("run 5", 1));
    assert.deepEqual(held(store, names), ["run 5"]);
  });

  it("holds one of each run, the latest", () => {
    const store = new TraceStore();
    const again = traceOf("run 0", 200);
    store.add(traceOf("run 0", 200));
    store.add(traceOf("run 1", 1));
    store.add(again);
    assert.equal(store.get("run 0"), again);
    assert.deepEqual(held(store, names), ["run 0", "run 1"]);
  });

  it("says what to do about one that it does not hold", () => {
    const store = new TraceStore();
    store.add(traceOf("run 0"));
    store.forget();
    assertAimError(() => store.get("run 0"), {
      code: "not-found",
      message: /run 0 is not held/,
      hint: /ask the question again/,
    });
  });
});
