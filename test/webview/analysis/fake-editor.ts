import { AimError } from "#core/errors.ts";
import { isObject } from "#core/json-reader.ts";
import { recordFromJson } from "#core/record-codec.ts";
import type { AnalysisApi, AnalysisContent } from "#protocol/analysis-api.ts";
import { serveAnalysis } from "#protocol/analysis-channel.ts";
import { syntheticAttention, syntheticTrace } from "./synthetic-attention.ts";

/** What a test or a person at the page sees of the editor: what was asked of it, and what it would show next. */
interface FakeEditor {
  readonly calls: (readonly [name: string, ...args: unknown[]])[];
  readonly show: (content: AnalysisContent) => void;
  /** False to act like a kernel that holds the attention of no run. */
  holdsAttention: boolean;
}

declare global {
  var aim: FakeEditor;
}

const element = document.getElementById("aim-content");
const content = JSON.parse(element?.textContent ?? "{}") as AnalysisContent;
const records = new Map(
  content.runs.map(({ run }) => {
    const record = recordFromJson(run);
    return [record.id, record] as const;
  }),
);

/** The page and its editor in one window: each end hears what the other posts, as a copy. */
const toEditor = new EventTarget();
const acquireVsCodeApi = () => ({
  postMessage: (message: unknown) =>
    toEditor.dispatchEvent(new MessageEvent("message", { data: structuredClone(message) })),
  getState: () => JSON.parse(sessionStorage.getItem("aim") ?? "null"),
  setState: (state: unknown) => sessionStorage.setItem("aim", JSON.stringify(state)),
});
Object.assign(globalThis, { acquireVsCodeApi });

const calls: FakeEditor["calls"] = [];
const note = (name: string, ...args: unknown[]) => void calls.push([name, ...args]);

const recordOf = (run: string) => {
  const record = records.get(run);
  if (record && globalThis.aim.holdsAttention) return record;
  throw new AimError("not-found", "the kernel does not hold the attention of this run any more", {
    hint: "ask the question again",
  });
};

const api: AnalysisApi = {
  attentionTrace: async (run) => {
    note("attentionTrace", run);
    return syntheticTrace(recordOf(run));
  },
  replay: async (run) => {
    note("replay", run);
    for (const text of ["encoding frame 1 of 32", "encoding frame 32 of 32", "reading the prompt"]) {
      served.events.progress(run, text);
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (calls.at(-1)?.[0] === "stop") throw new AimError("cancelled", "stopped");
    }
    globalThis.aim.holdsAttention = true;
    return syntheticTrace(recordOf(run));
  },
  attention: async (query) => syntheticAttention(recordOf(query.run), query),
  writeToCell: async (...args) => note("writeToCell", ...args),
  save: async ({ name, bytes }) => {
    note("save", name, bytes);
    return true;
  },
  saveReport: async (runs) => {
    note("saveReport", runs);
    return true;
  },
  saveRun: async (run) => {
    note("saveRun", run);
    return true;
  },
  openBeside: async (runs) => note("openBeside", runs),
  compareWithFull: async (run) => note("compareWithFull", run),
  stop: async () => note("stop"),
  chooseRuns: async (runs) => note("chooseRuns", runs),
};

const served = serveAnalysis(
  {
    post: (message) => window.postMessage(structuredClone(message)),
    onMessage: (listener) => {
      const onMessage = (event: Event) => event instanceof MessageEvent && listener(event.data);
      toEditor.addEventListener("message", onMessage);
      return () => toEditor.removeEventListener("message", onMessage);
    },
  },
  api,
);
const options: unknown = JSON.parse(element?.dataset.options ?? "{}");
globalThis.aim = {
  calls,
  show: served.events.show,
  holdsAttention: !(isObject(options) && options.holdsAttention === false),
};
served.events.show(content);
