import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { AimError } from "#core/errors.ts";
import type { AnalysisApi, AnalysisContent, AnalysisEvents, CellReduction } from "#protocol/analysis-api.ts";
import { type RemoteAnalysis, remoteAnalysis, type ServedAnalysis, serveAnalysis } from "#protocol/analysis-channel.ts";
import { isLetter, type MessagePipe } from "#protocol/message-pipe.ts";

const never = () => new Promise<never>(() => {});
const NOTHING: AnalysisApi = {
  attentionTrace: never,
  replay: never,
  attention: never,
  writeToCell: never,
  save: never,
  saveReport: never,
  saveRun: never,
  openBeside: never,
  compareWithFull: never,
  stop: never,
  chooseRuns: never,
};
const TRACE = { run: "a", tokens: [{ text: "why", role: "question" }], layers: 8, heads: 4, visual: 9 } as const;
const REDUCTION: CellReduction = {
  method: "aim",
  merge: { retention: 0.25, order: "reference", weighting: "plain" },
  prune: { kind: "linear", firstLayer: 4, lastLayer: 7 },
};
const content = (run: string): AnalysisContent => ({ runs: [{ run, hasCell: true, canReplay: false }] });

/** One end of a channel in this process; values are cloned on the way. */
function pipeOf(port: MessagePort): MessagePipe {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on("message", listener);
      return () => port.off("message", listener);
    },
  };
}

describe("protocol/analysis-channel", () => {
  let ports = new MessageChannel();
  const open: { readonly dispose: () => void }[] = [];
  beforeEach(() => {
    ports = new MessageChannel();
  });
  afterEach(() => {
    for (const end of open.splice(0)) end.dispose();
    ports.port1.close();
    ports.port2.close();
  });

  const serve = (api: Partial<AnalysisApi> = {}): ServedAnalysis => {
    const served = serveAnalysis(pipeOf(ports.port1), { ...NOTHING, ...api });
    open.push(served);
    return served;
  };
  /** A page, and what it was told. */
  const load = (): RemoteAnalysis & { readonly told: unknown[]; readonly listen: () => void } => {
    const page = remoteAnalysis(pipeOf(ports.port2));
    open.push(page);
    const told: unknown[] = [];
    const events: AnalysisEvents = {
      show: ({ runs }) => told.push(runs[0]?.run),
      progress: (...args) => told.push(args),
    };
    return { ...page, told, listen: () => page.onEvents(events) };
  };
  const isCancelled = (error: unknown) => error instanceof AimError && error.code === "cancelled";

  it("carries every call with its arguments and gives its result as it is", async () => {
    const calls: unknown[] = [];
    const record =
      <Result>(name: string, result: Result) =>
      async (...args: unknown[]) => {
        calls.push([name, ...args]);
        return result;
      };
    serve({
      attentionTrace: record("attentionTrace", TRACE),
      replay: record("replay", TRACE),
      attention: record("attention", Float32Array.of(0.5, Number.NaN, 0)),
      writeToCell: record("writeToCell", undefined),
      save: record("save", true),
      saveReport: record("saveReport", false),
      saveRun: record("saveRun", true),
      openBeside: record("openBeside", undefined),
      compareWithFull: record("compareWithFull", undefined),
      stop: record("stop", undefined),
      chooseRuns: record("chooseRuns", undefined),
    });
    const { api } = load();
    assert.deepEqual(await api.attentionTrace("a"), TRACE);
    assert.deepEqual(await api.replay("a"), TRACE);
    assert.deepEqual(await api.attention({ run: "a", token: 2, layer: 3 }), Float32Array.of(0.5, Number.NaN, 0));
    assert.equal(await api.writeToCell("a", REDUCTION, true), undefined);
    assert.equal(await api.save({ name: "a.png", bytes: Uint8Array.of(1, 2) }), true);
    assert.equal(await api.saveReport(["a", "b"]), false);
    assert.equal(await api.saveRun("a"), true);
    assert.equal(await api.openBeside(["a"]), undefined);
    assert.equal(await api.compareWithFull("a"), undefined);
    assert.equal(await api.stop(), undefined);
    assert.equal(await api.chooseRuns([]), undefined);
    assert.deepEqual(calls, [
      ["attentionTrace", "a"],
      ["replay", "a"],
      ["attention", { run: "a", token: 2, layer: 3 }],
      ["writeToCell", "a", REDUCTION, true],
      ["save", { name: "a.png", bytes: Uint8Array.of(1, 2) }],
      ["saveReport", ["a", "b"]],
      ["saveRun", "a"],
      ["openBeside", ["a"]],
      ["compareWithFull", "a"],
      ["stop"],
      ["chooseRuns", []],
    ]);
  });

  it("rejects with the editor's error and its hint, and with io for what cannot be copied", async () => {
    serve({
      attentionTrace: async () => {
        throw new AimError("not-found", "gone", { hint: "ask again" });
      },
      saveRun: (() => () => {}) as unknown as AnalysisApi["saveRun"],
    });
    const { api } = load();
    await assert.rejects(api.attentionTrace("a"), {
      name: "AimError",
      code: "not-found",
      message: "gone",
      hint: "ask again",
    });
    await assert.rejects(api.saveRun("a"), {
      name: "AimError",
      code: "io",
      message: /^the editor could not be asked: /,
    });
  });

  it("keeps what is shown until the page listens, and then tells everything in order", async () => {
    const { events } = serve();
    events.show(content("first"));
    events.progress("first", "nobody hears this");
    const page = load();
    events.show(content("second"));
    page.listen();
    while (page.told.length === 0) await sleep(1);
    events.progress("second", "half");
    events.show(content("third"));
    while (page.told.length < 3) await sleep(1);
    assert.deepEqual(page.told, ["second", ["second", "half"], "third"]);
  });

  it("begins anew with a page that is loaded again: shows what was shown, and answers no call of the page before", async () => {
    let answerFirst = (_: boolean) => {};
    const first = new Promise<boolean>((resolve) => {
      answerFirst = resolve;
    });
    let asked = 0;
    const { events } = serve({ saveRun: () => (++asked === 1 ? first : new Promise(() => {})) });
    events.show(content("a"));
    const old = load();
    old.listen();
    old.api.saveRun("a").catch(() => {});
    while (asked < 1 || old.told.length < 1) await sleep(1);

    const page = load();
    page.listen();
    let isAnswered = false;
    page.api.saveRun("b").then(
      () => (isAnswered = true),
      () => {},
    ); // numbered as the call of the old page was
    while (asked < 2 || page.told.length < 1) await sleep(1);
    answerFirst(true);
    await sleep(20);
    assert.deepEqual([page.told, isAnswered], [["a"], false]);
  });

  it("rejects pending and later calls when either end is disposed of", async () => {
    const page = load();
    const served = serve();
    const pending = page.api.saveRun("a");
    await sleep(5);
    served.dispose();
    await assert.rejects(pending, isCancelled);
    await assert.rejects(page.api.replay("a"), isCancelled);
    assert.doesNotThrow(() => served.events.show(content("late")));
    assert.doesNotThrow(() => served.events.progress("late", "half"));

    serve();
    const other = load();
    const waiting = other.api.saveRun("a");
    other.dispose();
    await assert.rejects(waiting, isCancelled);
  });

  it("passes over messages that are none of its own", async () => {
    serve({ saveRun: async () => true });
    const page = load();
    const letter = { page: "another", message: { jsonrpc: "2.0", id: 0, result: false } };
    for (const foreign of [undefined, null, "text", {}, { page: 1, message: {} }, { page: "x", message: { id: 0 } }]) {
      assert.equal(isLetter(foreign), false);
      ports.port1.postMessage(foreign);
      ports.port2.postMessage(foreign);
    }
    const answer = page.api.saveRun("a");
    ports.port1.postMessage(letter);
    assert.equal(await answer, true);
  });
});
