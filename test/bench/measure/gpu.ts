// One LLM on one device: prefill of random embeddings, then some decoding. Its weights are made at random in the precision in which they are read, so that
// nothing larger is ever written. Prints one line of JSON; see ../gpu.ts.
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { seededRandom } from "#core/random.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";
import { parseWord } from "#core/settings.ts";
import { openCheckpoint } from "#model/checkpoint.ts";
import { compileDecoder, RECIPES } from "#model/compile.ts";
import type { ConversionJob } from "#model/converted-file.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import type { ConvertedStore } from "#model/store.ts";
import { bytesOf } from "#onnx/ops.ts";
import { resolveDevice } from "#runtime/device/device.ts";
import { warmUp } from "#runtime/device/warm-up.ts";
import { Generation, keptOnDevice } from "#runtime/llm.ts";
import { GraphSession } from "#runtime/session.ts";
import { memoryMib, printFigures, timed } from "./figure.ts";

const TEXT = 100;
const DECODED = 16;
/** The values that are repeated through a tensor. */
const POOL = 2 ** 18;

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "" },
    device: { type: "string", default: "webgpu" },
    precision: { type: "string", default: "q8" },
    visual: { type: "string", default: "0" },
    prune: { type: "boolean" },
  },
});
const device = parseWord("device", values.device, ["cpu", "webgpu", "cuda"]);
const precision = parseWord("precision", values.precision, ["q8", "q4"]);
const checkpoint = openCheckpoint(values.model);
const { decoder } = checkpoint.model;
const { attention } = await resolveDevice(device, { parameters: 1e9, precisions: [precision] });
const weights = path.join(values.model, "weights");
const graph = compileDecoder(checkpoint, RECIPES[precision], weights, pagerank, attention);
if (graph.toConvert) fillAtRandom(graph.toConvert);

const options = { device, folder: graph.folder, keepOnDevice: keptOnDevice(decoder) };
const session = await GraphSession.load(graph.bytes, options);
await warmUp(session, decoder);
const visual = Number(values.visual);
const random = seededRandom(1);
const embeddings = Float32Array.from({ length: (TEXT + visual) * decoder.hidden }, () => (random() - 0.5) * 0.1);
const prompt = {
  embeddings,
  isText: new Uint8Array(TEXT + visual).fill(1).fill(0, TEXT / 2, TEXT / 2 + visual),
  keepVisual: keptVisualPerLayer(decoder.layers, visual, values.prune ? checkpoint.preset.prune : "off"),
};
const times: number[] = [];
let decodeMs = 0;
for (let run = 0; run < 2; run++) {
  const generation = new Generation(session, decoder, { keepsQueries: false });
  times.push(await timed(() => generation.prefill(prompt)));
  decodeMs = await timed(async () => {
    for (let step = 0; step < DECODED; step++) await generation.step(embeddings.slice(0, decoder.hidden));
  });
  if (run === 1)
    printFigures({ prefillMs: Math.min(...times), tokensPerSecond: (DECODED / decodeMs) * 1000, ...memory() });
  generation.release();
}
await session.close();
checkpoint.weights.close();

function memory(): { hostMib: number; gpuMib: number | null } {
  try {
    const flags = ["--query-gpu=memory.used", "--format=csv,noheader,nounits"];
    const out = execFileSync("nvidia-smi", flags, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return { hostMib: memoryMib("VmHWM"), gpuMib: Number.parseFloat(out) };
  } catch {
    return { hostMib: memoryMib("VmHWM"), gpuMib: null }; // not NVIDIA's
  }
}

function fillAtRandom({ folder, file, sizeBytes, tensors }: ConvertedStore): void {
  const target = path.join(folder, file);
  if (existsSync(target)) return;
  mkdirSync(folder, { recursive: true });
  const partial = `${target}.partial`;
  const descriptor = openSync(partial, "w");
  ftruncateSync(descriptor, sizeBytes);
  for (const job of tensors.jobs) {
    const pool = poolOf(job);
    for (let done = 0; done < job.sizeBytes; done += pool.length) {
      writeSync(descriptor, pool, 0, Math.min(pool.length, job.sizeBytes - done), job.offset + done);
    }
  }
  closeSync(descriptor);
  renameSync(partial, target);
}

/** Levels of any kind, scales with which weights have a standard deviation of about 0.02, norms of 1, biases of 0. */
function poolOf({ name, type, dims }: ConversionJob): Uint8Array {
  const source = seededRandom(dims.length);
  if (type !== "float32") return Uint8Array.from({ length: POOL }, () => source() * 256);
  const value = dims.length > 1 ? 0.02 / (precision === "q4" ? 4.6 : 74) : name.endsWith("norm.weight") ? 1 : 0;
  return bytesOf(new Float32Array(POOL).fill(value));
}
