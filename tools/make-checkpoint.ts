import { parseArgs } from "node:util";
import { AimError } from "#core/errors.ts";
import { parseNumber, parseWord } from "#core/settings.ts";
import { LLAVA_1_5_7B, TINY_LLAVA } from "./checkpoint/llava-spec.ts";
import { makeCheckpoint } from "./checkpoint/make-checkpoint.ts";
import { addOutliers } from "./checkpoint/outliers.ts";
import { LLAVA_ONEVISION_0_5B, LLAVA_ONEVISION_7B, TINY } from "./checkpoint/spec.ts";
import { weightBytes } from "./checkpoint/write-weights.ts";

const HELP = `Makes a checkpoint with random weights and true shapes, to try and to time code without a download.

  npx tsx tools/make-checkpoint.ts --shape tiny|0.5b|7b|llava-tiny|llava-7b --out DIR
      [--dtype bf16|f16|f32] [--seed N] [--shards N] [--outliers N] [--config-only]

  --shape        tiny: 4 narrow layers; 0.5b, 7b: LLaVA-OneVision on Qwen2; llava-tiny, llava-7b: LLaVA-1.5 on Llama
  --out          a folder that does not exist yet or is empty
  --dtype        how weights are stored; default f16 for tiny and LLaVA-1.5, else bf16
  --seed         another seed gives other weights; default 1
  --shards       weight files; default 4 for 7b, 3 for llava-7b, else 1
  --outliers     activations get channels N times larger, as in real LLMs; a power of two; what the model computes stays the same
  --config-only  everything but the weights

The tokenizer is the demo model's with its 718 tokens, or a small one of Llama's kind, whatever the size of the vocabulary.
Answers are nonsense, and most of the ids that a large random model generates stand for no text at all: use it for shapes,
speed and memory.
`;

const SHAPES = {
  tiny: TINY,
  "0.5b": LLAVA_ONEVISION_0_5B,
  "7b": LLAVA_ONEVISION_7B,
  "llava-tiny": TINY_LLAVA,
  "llava-7b": LLAVA_1_5_7B,
} as const;
const SHAPE_NAMES = ["tiny", "0.5b", "7b", "llava-tiny", "llava-7b"] as const;
const SEED = { name: "--seed", least: 0, most: 2 ** 32 - 1, isWhole: true };
const SHARDS = { name: "--shards", least: 1, most: 100, isWhole: true };
const DTYPES = ["bf16", "f16", "f32"] as const;

function main(): void {
  const { values } = parseArgs({
    options: {
      shape: { type: "string" },
      out: { type: "string" },
      dtype: { type: "string" },
      seed: { type: "string" },
      shards: { type: "string" },
      outliers: { type: "string" },
      "config-only": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (values.shape === undefined || values.out === undefined) {
    throw new AimError("invalid-argument", "--shape and --out are needed", { hint: "see --help" });
  }
  const shape = SHAPES[parseWord("shape", values.shape, SHAPE_NAMES)];
  const spec = {
    ...shape,
    dtype: values.dtype === undefined ? shape.dtype : parseWord("dtype", values.dtype, DTYPES),
    seed: values.seed === undefined ? shape.seed : parseNumber(values.seed, SEED),
    shards: values.shards === undefined ? shape.shards : parseNumber(values.shards, SHARDS),
  };
  makeCheckpoint(values.out, spec, { configOnly: values["config-only"] });
  if (values.outliers !== undefined) {
    const size = parseNumber(values.outliers, { name: "--outliers", least: 1, most: 1024, isWhole: true });
    addOutliers(values.out, { size, channels: 4, places: ["norms", "down", "heads"] });
  }
  const written = values["config-only"]
    ? "configuration only"
    : `${(weightBytes(spec) / 1e6).toFixed(1)} MB of weights`;
  process.stdout.write(`${values.out}: ${written}\n`);
}

try {
  main();
} catch (error) {
  const hint = error instanceof AimError && error.hint ? ` (${error.hint})` : "";
  process.stderr.write(`${error instanceof Error ? error.message : error}${hint}\n`);
  process.exitCode = 1;
}
