// The LLM alone: prefill of random embeddings, then some decoding. Prints one line of JSON; see ../stages/prefill.ts.
import { parseArgs } from "node:util";
import { BYTES_PER } from "#core/cost/measured.ts";
import { plannedPrefill } from "#core/cost/planned.ts";
import type { DecoderShape } from "#core/cost/shape.ts";
import { seededRandom } from "#core/random.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";
import { parseWord } from "#core/settings.ts";
import { openCheckpoint } from "#model/checkpoint.ts";
import { Generation } from "#runtime/llm.ts";
import { ModelSessions } from "#runtime/model-sessions.ts";
import { median, memoryMib, peakAbove, printFigures, timed } from "./figure.ts";

const TEXT = 100;
const DECODED = 12;
/** Steps that are not counted: the first ones lay out memory. */
const UNCOUNTED = 2;

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "" },
    precision: { type: "string", default: "f32" },
    visual: { type: "string", default: "0" },
    prune: { type: "boolean" },
    runs: { type: "string", default: "1" },
  },
});
const checkpoint = openCheckpoint(values.model);
const precision = parseWord("precision", values.precision, ["f32", "q8", "int8", "q4"]);
const { decoder } = checkpoint.model;
const visual = Number(values.visual);
const prune = values.prune ? checkpoint.preset.prune : "off";

const sessions = new ModelSessions(checkpoint, { vision: "f32", decoder: precision }, "cpu");
const loadStart = performance.now();
const session = await sessions.decoder("pagerank", { events: {}, signal: undefined });
const loadMs = performance.now() - loadStart;

const random = seededRandom(1);
const embeddings = Float32Array.from({ length: (TEXT + visual) * decoder.hidden }, () => (random() - 0.5) * 0.1);
const isText = new Uint8Array(TEXT + visual).fill(1).fill(0, TEXT / 2, TEXT / 2 + visual);
const keepVisual = keptVisualPerLayer(decoder.layers, visual, prune);

globalThis.gc?.();
const restingMib = memoryMib("VmRSS");
const prefillMs: number[] = [];
const decodeMs: number[] = [];
let cached: readonly number[] = [];
for (let run = 0; run < Number(values.runs); run++) {
  const generation = new Generation(session, decoder);
  prefillMs.push(await timed(() => generation.prefill({ embeddings, isText, keepVisual })));
  for (let step = 0; step < DECODED; step++) {
    const ms = await timed(() => generation.step(embeddings.subarray(0, decoder.hidden)));
    if (step >= UNCOUNTED) decodeMs.push(ms);
  }
  cached = generation.cacheLengths;
}
printFigures({
  prefillMs: median(prefillMs),
  decodeMs: median(decodeMs),
  loadMs,
  restingMib,
  peakMib: peakAbove(restingMib),
  flops: plannedPrefill(decoder, { text: TEXT, visual, fullVisual: visual, prune }).tflops * 1e12,
  weightBytes: linearWeights(decoder) * BYTES_PER[precision].weight,
  cacheBytes: cached.reduce((sum, tokens) => sum + tokens, 0) * 2 * decoder.kvHeads * decoder.headDim * 4,
});
await sessions.close();
checkpoint.weights.close();

/** Weights that every token is multiplied with: all linear layers and the output layer; norms and biases are left out. */
function linearWeights({ layers, hidden, intermediate, heads, kvHeads, headDim, vocab }: DecoderShape): number {
  const attention = 2 * hidden * heads * headDim + 2 * hidden * kvHeads * headDim;
  return layers * (attention + 3 * hidden * intermediate) + hidden * vocab;
}
