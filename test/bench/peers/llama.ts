// Loads a GGUF file with node-llama-cpp and prints one line of JSON. See peers.ts.
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { median, memoryMib, peakAbove, printFigures, timed } from "../measure/figure.ts";
import { promptIds } from "./inputs.ts";

/** What is used of the package, which is not installed where this is type-checked. */
interface Sequence {
  controlledEvaluate(
    input: readonly unknown[],
  ): Promise<readonly ({ readonly next: { readonly logits?: ReadonlyMap<number, number> } } | undefined)[]>;
  clearHistory(): Promise<void>;
}
interface Context {
  getSequence(): Sequence;
}
interface Llama {
  loadModel(options: object): Promise<{ createContext(options: object): Promise<Context> }>;
  dispose(): Promise<void>;
}
interface NodeLlamaCpp {
  readonly getLlama: (options: object) => Promise<Llama>;
}

const { values } = parseArgs({
  options: {
    package: { type: "string", default: "" },
    model: { type: "string", default: "" },
    tokens: { type: "string", default: "64" },
    runs: { type: "string", default: "1" },
    decode: { type: "string", default: "0" },
    vocabulary: { type: "string", default: "0" },
    outputs: { type: "boolean" },
  },
});
const threads = Number(process.env.AIM_THREADS);
const { getLlama }: NodeLlamaCpp = await import(pathToFileURL(values.package).href);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: threads });
const model = await llama.loadModel({ modelPath: values.model });
const ids = promptIds(Number(values.tokens), Number(values.vocabulary));
const decode = Number(values.decode);
const restingMib = memoryMib("VmRSS");
const context = await model.createContext({ contextSize: ids.length + decode + 8, threads });
const sequence = context.getSequence();

/** Runs `tokens` after what is there and chooses the next one greedily, as an answer would; or asks for its logits. */
async function evaluate(tokens: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const next = values.outputs ? { logits: true } : { token: true, options: { temperature: 0 } };
  const last = [tokens.at(-1), { generateNext: next }];
  const results = await sequence.controlledEvaluate([...tokens.slice(0, -1), last]);
  return results.at(tokens.length - 1)?.next.logits ?? new Map();
}

const prefillMs: number[] = [];
const decodeMs: number[] = [];
let logits: ReadonlyMap<number, number> = new Map();
for (let run = 0; run < Number(values.runs); run++) {
  await sequence.clearHistory();
  prefillMs.push(
    await timed(async () => {
      logits = await evaluate(ids);
    }),
  );
  for (let step = 0; step < decode; step++) decodeMs.push(await timed(() => evaluate(ids.slice(0, 1))));
}
const figures = { prefillMs: median(prefillMs), decodeMs: median(decodeMs), peakMib: peakAbove(restingMib) };
const outputs = Array.from({ length: values.outputs ? logits.size : 0 }, (_, token) => logits.get(token) ?? Number.NaN);
printFigures(values.outputs ? { ...figures, outputs } : figures);
await llama.dispose();
