import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Decoder } from "#core/reference/decoder-layer.ts";
import type { Vision } from "#core/reference/vision.ts";
import type { Weight, Weights } from "#core/reference/weights.ts";
import { widenBf16 } from "#model/half.ts";
import { readSafetensorsHeader, type TensorEntry } from "#model/safetensors.ts";

const PUBLIC_SET = path.join(import.meta.dirname, "../fixtures/aim");

/** A folder of parity data in the form that test/fixtures/aim/README.md describes. It may lack some of the files. */
export interface FixtureSet {
  readonly name: string;
  readonly folder: string;
}

/** The set of this repository and those that AIM_FIXTURES names. Fails for a folder that is missing or holds no data. */
export function fixtureSets(): FixtureSet[] {
  const more = (process.env.AIM_FIXTURES ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return [PUBLIC_SET, ...more].map((folder) => {
    assert.ok(existsSync(folder), `there is no fixture folder ${folder}`);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const hasData = files.some((file) => /\.safetensors$|(^|[\\/])flops\.json$/.test(file));
    assert.ok(hasData, `the fixture folder ${folder} holds no safetensors file and no flops.json`);
    return { name: path.basename(folder), folder };
  });
}

/** The sets that have `file`. */
export function setsWith(file: string): FixtureSet[] {
  return fixtureSets().filter((set) => existsSync(path.join(set.folder, file)));
}

export function readJson<Schema extends z.ZodType>(set: FixtureSet, file: string, schema: Schema): z.output<Schema> {
  return schema.parse(JSON.parse(readFileSync(path.join(set.folder, file), "utf8")));
}

type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface Tensor<Data extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** The tensors of a safetensors file, decoded on demand; BF16 is widened to float32. */
export class Tensors {
  readonly #bytes: Buffer;
  readonly #entries: ReadonlyMap<string, TensorEntry>;

  constructor(file: string) {
    this.#bytes = readFileSync(file);
    this.#entries = readSafetensorsHeader(file);
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  get(name: string): Tensor {
    const entry = this.#entries.get(name);
    assert.ok(entry, `no tensor ${name}`);
    const bytes = new Uint8Array(this.#bytes.subarray(entry.offset, entry.offset + entry.sizeBytes)).buffer;
    return { shape: entry.shape, data: decode(bytes, entry.dtype) };
  }

  /** A tensor of F32 or BF16. */
  floats(name: string): Tensor<Float32Array> {
    const { shape, data } = this.get(name);
    assert.ok(data instanceof Float32Array, `${name} is not float32`);
    return { shape, data };
  }

  /** The beginnings of all names that end in `suffix`. */
  withSuffix(suffix: string): string[] {
    return this.names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  }
}

function decode(bytes: ArrayBuffer, dtype: string): TensorData {
  if (dtype === "F64") return new Float64Array(bytes);
  if (dtype === "F32") return new Float32Array(bytes);
  if (dtype === "I32") return new Int32Array(bytes);
  if (dtype === "U8") return new Uint8Array(bytes);
  assert.equal(dtype, "BF16", `unknown type ${dtype}`);
  const wide = new Float32Array(bytes.byteLength / 2);
  widenBf16(new Uint16Array(bytes), wide);
  return wide;
}

export function readTensors(set: FixtureSet, file: string): Tensors {
  return new Tensors(path.join(set.folder, file));
}

function weightsOf(tensors: Tensors): Weights {
  const read = new Map<string, Weight>();
  return (name) => {
    if (!read.has(name) && tensors.has(name)) read.set(name, tensors.floats(name));
    return read.get(name);
  };
}

const DECODER_CONFIG = z.object({
  num_hidden_layers: z.number(),
  hidden_size: z.number(),
  intermediate_size: z.number(),
  num_attention_heads: z.number(),
  num_key_value_heads: z.number(),
  vocab_size: z.number(),
  rms_norm_eps: z.number(),
  rope_theta: z.number().default(10_000),
  tie_word_embeddings: z.boolean(),
});

/** The language model in `folder` of the set, with the names that Hugging Face gives its tensors. */
export function readDecoder(set: FixtureSet, folder: string): Decoder {
  const config = readJson(set, `${folder}/config.json`, DECODER_CONFIG);
  return {
    decoder: {
      layers: config.num_hidden_layers,
      hidden: config.hidden_size,
      intermediate: config.intermediate_size,
      heads: config.num_attention_heads,
      kvHeads: config.num_key_value_heads,
      headDim: config.hidden_size / config.num_attention_heads,
      vocab: config.vocab_size,
      normEpsilon: config.rms_norm_eps,
      ropeTheta: config.rope_theta,
    },
    names: {
      decoder: "model.",
      lmHead: config.tie_word_embeddings ? "model.embed_tokens.weight" : "lm_head.weight",
    },
    weights: weightsOf(readTensors(set, `${folder}/model.safetensors`)),
  };
}

const VISION_CASES = z.object({
  vision_config: z.object({
    hidden_size: z.number(),
    intermediate_size: z.number(),
    num_hidden_layers: z.number(),
    num_attention_heads: z.number(),
    image_size: z.number(),
    patch_size: z.number(),
    hidden_act: z.literal("gelu_pytorch_tanh"),
    layer_norm_eps: z.number(),
  }),
});

/** The vision tower and projector of the set. */
export function readVision(set: FixtureSet): Vision {
  const config = readJson(set, "vision/cases.json", VISION_CASES).vision_config;
  const tensors = readTensors(set, "vision/model.safetensors");
  return {
    vision: {
      layers: config.num_hidden_layers,
      hidden: config.hidden_size,
      intermediate: config.intermediate_size,
      heads: config.num_attention_heads,
      imageSizePx: config.image_size,
      patchSizePx: config.patch_size,
      projected: tensors.floats("mm_projector.2.bias").data.length,
      normEpsilon: config.layer_norm_eps,
      activation: "gelu-tanh",
      projectorActivation: "gelu",
    },
    names: { vision: "vision_tower.vision_model.", projector: ["mm_projector.0", "mm_projector.2"] },
    weights: weightsOf(tensors),
  };
}

const RATES = z.array(z.number());
const LLM_CASES = z.object({
  retain_rate_after_layer: RATES,
  cases: z.array(
    z.object({
      name: z.string(),
      boundaries: z.tuple([z.number(), z.number(), z.number()]),
      custom_schedule_physical_only: RATES.optional(),
    }),
  ),
});

/** The cases of the language model in `folder` of the set: prompts, and the shares that its schedules keep. */
export function readLlmCases(set: FixtureSet, folder: string): z.output<typeof LLM_CASES> {
  return readJson(set, `${folder}/cases.json`, LLM_CASES);
}
