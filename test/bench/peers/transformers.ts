// Loads one part of an exported model with @huggingface/transformers and prints one line of JSON. See peers.ts.
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { median, memoryMib, peakAbove, printFigures, timed } from "../measure/figure.ts";
import { promptIds, samplePixels } from "./inputs.ts";

/** What is used of the package, which is not installed where this is type-checked. */
interface PeerTensor {
  readonly data: Float32Array;
}
type Outputs = Readonly<Record<string, PeerTensor>>;
type Model = (inputs: Readonly<Record<string, unknown>>) => Promise<Outputs>;
interface Transformers {
  readonly env: { allowRemoteModels: boolean };
  readonly AutoModel: { from_pretrained(dir: string, options: object): Promise<Model> };
  readonly AutoModelForCausalLM: { from_pretrained(dir: string, options: object): Promise<Model> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => PeerTensor;
}

const { values } = parseArgs({
  options: {
    package: { type: "string", default: "" },
    model: { type: "string", default: "" },
    part: { type: "string", default: "llm" },
    dtype: { type: "string", default: "fp32" },
    tokens: { type: "string", default: "64" },
    runs: { type: "string", default: "1" },
    decode: { type: "string", default: "0" },
    vocabulary: { type: "string", default: "0" },
    layers: { type: "string", default: "0" },
    kv: { type: "string", default: "1x64" },
    imageSizePx: { type: "string", default: "384" },
    outputs: { type: "boolean" },
  },
});
const { env, AutoModel, AutoModelForCausalLM, Tensor }: Transformers = await import(pathToFileURL(values.package).href);
env.allowRemoteModels = false;
const options = { dtype: values.dtype, session_options: { intraOpNumThreads: Number(process.env.AIM_THREADS) } };
const runs = Number(values.runs);

if (values.part === "llm") await llm();
else await tower();

async function llm(): Promise<void> {
  const model = await AutoModelForCausalLM.from_pretrained(values.model, options);
  const ids = promptIds(Number(values.tokens), Number(values.vocabulary));
  const [kvHeads = 1, headDim = 1] = values.kv.split("x").map(Number);
  const layers = Array.from({ length: Number(values.layers) }, (_, i) => i);
  const empty = () => new Tensor("float32", new Float32Array(0), [1, kvHeads, 0, headDim]);
  const int64 = (numbers: readonly number[], dims: readonly number[]) =>
    new Tensor("int64", BigInt64Array.from(numbers, BigInt), dims);
  const forward = (tokens: readonly number[], total: number, past: Record<string, PeerTensor>) =>
    model({
      input_ids: int64(tokens, [1, tokens.length]),
      attention_mask: int64(Array(total).fill(1), [1, total]),
      num_logits_to_keep: int64([1], []),
      past_key_values: past,
    });
  const cacheOf = (outputs: Outputs) =>
    Object.fromEntries(
      Object.entries(outputs).flatMap(([name, tensor]) =>
        name.startsWith("present.") ? [[name.replace("present", "past_key_values"), tensor]] : [],
      ),
    );
  const noCache = () =>
    Object.fromEntries(
      layers.flatMap((i) => ["key", "value"].map((part) => [`past_key_values.${i}.${part}`, empty()])),
    );
  const restingMib = memoryMib("VmRSS");
  const prefillMs: number[] = [];
  const decodeMs: number[] = [];
  let logits: number[] = [];
  for (let run = 0; run < runs; run++) {
    let outputs: Outputs = {};
    prefillMs.push(
      await timed(async () => {
        outputs = await forward(ids, ids.length, noCache());
      }),
    );
    logits = Array.from(outputs.logits?.data ?? []);
    for (let step = 1; step <= Number(values.decode); step++) {
      const past = cacheOf(outputs);
      decodeMs.push(
        await timed(async () => {
          outputs = await forward([ids[0] ?? 0], ids.length + step, past);
        }),
      );
    }
  }
  const figures = { prefillMs: median(prefillMs), decodeMs: median(decodeMs), peakMib: peakAbove(restingMib) };
  printFigures(values.outputs ? { ...figures, outputs: logits } : figures);
}

async function tower(): Promise<void> {
  const config = { model_type: "custom" };
  const model = await AutoModel.from_pretrained(values.model, {
    ...options,
    config,
    model_file_name: "vision_encoder",
  });
  const size = Number(values.imageSizePx);
  const pixels = samplePixels(size);
  const frameMs: number[] = [];
  let features: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const ms = await timed(async () => {
      const outputs = await model({ pixel_values: new Tensor("float32", pixels, [1, 3, size, size]) });
      if (values.outputs) features = Array.from(outputs.image_features?.data ?? []);
    });
    if (run > 0) frameMs.push(ms); // the first run warms up
  }
  printFigures(values.outputs ? { frameMs: median(frameMs), outputs: features } : { frameMs: median(frameMs) });
}
