import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AimError } from "#core/errors.ts";
import { configFiles, TOKENS } from "./config-files.ts";
import { makeFiller } from "./fill.ts";
import { type CheckpointSpec, TINY } from "./spec.ts";
import { listTensors } from "./tensors.ts";
import { type TensorSource, writeSafetensors } from "./write-safetensors.ts";

const DEMO_MODEL = fileURLToPath(new URL("../../media/demo-model/", import.meta.url));
const TOKENIZER_FILES = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
  "chat_template.json",
];

/**
 * Writes a checkpoint folder with random weights, in the layout of LLaVA-OneVision on Hugging Face and with the demo model's
 * tokenizer. Equal specs give equal files.
 *
 * `dir` is made if need be. Throws `invalid-argument` if it is not empty or the spec cannot be: heads that do not divide sizes,
 * a vocabulary too small for the tokenizer, more shards than tensors.
 */
export function makeCheckpoint(dir: string, spec: CheckpointSpec = TINY, options: { configOnly?: boolean } = {}): void {
  checkSpec(spec);
  mkdirSync(dir, { recursive: true });
  const [existing] = readdirSync(dir);
  if (existing !== undefined) {
    throw new AimError("invalid-argument", `${dir} is not empty, it has ${existing}`, { hint: "give a new folder" });
  }
  for (const [name, content] of Object.entries(configFiles(spec))) writeJson(join(dir, name), content);
  for (const name of TOKENIZER_FILES) copyFileSync(join(DEMO_MODEL, name), join(dir, name));
  if (!options.configOnly) writeWeights(dir, spec);
}

/** Bytes that the weights of a checkpoint take. */
export function checkpointBytes(spec: CheckpointSpec): number {
  return weightSources(spec).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function checkSpec(spec: CheckpointSpec): void {
  const { text, vision, shards } = spec;
  const check = (isTrue: boolean, what: string) => {
    if (!isTrue) throw new AimError("invalid-argument", `impossible checkpoint: ${what}`, { hint: "change the spec" });
  };
  check(text.hidden % (2 * text.heads) === 0, `${text.heads} heads do not divide ${text.hidden} into even sizes`);
  check(text.heads % text.kvHeads === 0, `${text.kvHeads} key-value heads do not divide ${text.heads} heads`);
  check(vision.hidden % vision.heads === 0, `${vision.heads} heads do not divide ${vision.hidden}`);
  check(text.vocabulary > TOKENS.video, `a vocabulary of ${text.vocabulary} lacks token ${TOKENS.video}`);
  const tensors = listTensors(spec).length;
  check(Number.isInteger(shards) && shards >= 1 && shards <= tensors, `${shards} shards of ${tensors} tensors`);
}

function writeWeights(dir: string, spec: CheckpointSpec): void {
  const sources = weightSources(spec);
  const shards = splitEvenly(sources, spec.shards);
  const [whole] = shards;
  if (whole && shards.length === 1) return writeSafetensors(join(dir, "model.safetensors"), whole);

  const weightMap: Record<string, string> = {};
  for (const [i, shard] of shards.entries()) {
    const file = `model-${fiveDigits(i + 1)}-of-${fiveDigits(shards.length)}.safetensors`;
    writeSafetensors(join(dir, file), shard);
    for (const { name } of shard) weightMap[name] = file;
  }
  writeJson(join(dir, "model.safetensors.index.json"), {
    metadata: { total_size: checkpointBytes(spec) },
    weight_map: weightMap,
  });
}
...
