import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AimError } from "#core/errors.ts";
import { configFiles, TOKENS } from "./config-files.ts";
import { listTensors } from "./list-tensors.ts";
import { LEAST_VOCABULARY } from "./llama-tokenizer.ts";
import { llavaFiles } from "./llava-files.ts";
import { type CheckpointSpec, TINY } from "./spec.ts";
import { writeJson } from "./write-json.ts";
import { writeWeights } from "./write-weights.ts";

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
 * tokenizer, or in that of LLaVA-1.5 with a small tokenizer of Llama's kind. Equal specs give equal files. Sparse weights are all zero: for what only needs names and shapes.
 *
 * `dir` is made if need be. Throws `invalid-argument` if it is not empty or the spec cannot be: heads that do not divide sizes,
 * a vocabulary too small for the tokenizer, more shards than tensors.
 */
export function makeCheckpoint(
  dir: string,
  spec: CheckpointSpec = TINY,
  options: { configOnly?: boolean; isSparse?: boolean } = {},
): void {
  checkSpec(spec);
  mkdirSync(dir, { recursive: true });
  const [existing] = readdirSync(dir);
  if (existing !== undefined) {
    throw new AimError("invalid-argument", `${dir} is not empty, it has ${existing}`, { hint: "give a new folder" });
  }
  const isLlava = spec.family === "llava";
  for (const [name, content] of Object.entries((isLlava ? llavaFiles : configFiles)(spec)))
    writeJson(join(dir, name), content);
  if (!isLlava) for (const name of TOKENIZER_FILES) copyFileSync(join(DEMO_MODEL, name), join(dir, name));
  if (!options.configOnly) writeWeights(dir, spec, options);
}

function checkSpec(spec: CheckpointSpec): void {
  const { text, vision, shards } = spec;
  const check = (isTrue: boolean, what: string) => {
    if (!isTrue) throw new AimError("invalid-argument", `impossible checkpoint: ${what}`, { hint: "change the spec" });
  };
  check(text.hidden % (2 * text.heads) === 0, `${text.heads} heads do not divide ${text.hidden} into even sizes`);
  check(text.heads % text.kvHeads === 0, `${text.kvHeads} key-value heads do not divide ${text.heads} heads`);
  check(vision.hidden % vision.heads === 0, `${vision.heads} heads do not divide ${vision.hidden}`);
  if (spec.family === "llava") {
    check(text.vocabulary >= LEAST_VOCABULARY, `a vocabulary of ${text.vocabulary} is below ${LEAST_VOCABULARY}`);
  } else check(text.vocabulary > TOKENS.video, `a vocabulary of ${text.vocabulary} lacks token ${TOKENS.video}`);
  const tensors = listTensors(spec).length;
  check(Number.isInteger(shards) && shards >= 1 && shards <= tensors, `${shards} shards of ${tensors} tensors`);
}
