// One measurement in a process of its own, so that memory is its own: prints one line of JSON. See bench.ts.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { plannedPrefill } from "#core/cost/planned.ts";
import { seededRandom } from "#core/random.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";
import { openCheckpoint } from "#model/checkpoint.ts";
import { Generation } from "#runtime/llm.ts";
import { ModelSessions } from "#runtime/model-sessions.ts";

const TEXT = 100;
const DECODED = 8;

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    precision: { type: "string" },
    visual: { type: "string" },
    prune: { type: "boolean" },
    runs: { type: "string" },
  },
});
const precision = values.precision === "int8" || values.precision === "q8" ? values.precision : "f32";
const visual = Number(values.visual);

const checkpoint = openCheckpoint(values.model ?? "");
const { decoder } = checkpoint.model;
const prune = values.prune ? checkpoint.preset.prune : "off";
const sessions = new ModelSessions(checkpoint, { vision: precision, decoder: precision }, "cpu");
const loadStart = performance.now();
const session = await sessions.decoder("pagerank", { events: {}, signal: undefined });
const loadMs = performance.now() - loadStart;

const count = TEXT + visual;
const random = seededRandom(1);
const embeddings = Float32Array.from({ length: count * decoder.hidden }, () => (random() - 0.5) * 0.1);
const isText = new Uint8Array(count).fill(1).fill(0, TEXT / 2, TEXT / 2 + visual);
const keepVisual = keptVisualPerLayer(decoder.layers, visual, prune);

globalThis.gc?.();
const restingMib = memoryMib("VmRSS");
const prefillMs: number[] = [];
const cpuMs: number[] = [];
const decodeMs: number[] = [];
let kvPerLayer: number[] = [];
for (let run = 0; run < Number(values.runs ?? 1); run++) {
  const generation = new Generation(session, decoder);
  const cpuStart = process.cpuUsage();
  const start = performance.now();
  await generation.prefill({ embeddings, isText, keepVisual });
  prefillMs.push(performance.now() - start);
  const cpu = process.cpuUsage(cpuStart);
  cpuMs.push((cpu.user + cpu.system) / 1000);
  kvPerLayer = generation.cacheLengths;
  for (let step = 0; step < DECODED; step++) {
    const stepStart = performance.now();
    await generation.step(embeddings.subarray(0, decoder.hidden));
    decodeMs.push(performance.now() - stepStart);
  }
}
const result = {
  prefillMs: Math.min(...prefillMs),
  cpuMs: Math.min(...cpuMs),
  decodeMs: Math.min(...decodeMs),
  loadMs,
  restingMib,
  peakMib: memoryMib("VmHWM") - restingMib,
  kvPerLayer,
  flops: plannedPrefill(decoder, { text: TEXT, visual, fullVisual: visual, prune }).tflops * 1e12,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
await sessions.close();

/** A line of /proc/self/status in MiB; elsewhere what Node knows of the resident set. */
function memoryMib(field: "VmRSS" | "VmHWM"): number {
  try {
    const kib = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return Number(kib) / 1024;
  } catch {
    return field === "VmRSS" ? process.memoryUsage.rss() / 2 ** 20 : process.resourceUsage().maxRSS / 1024;
  }
}
