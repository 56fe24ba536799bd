import { AimError } from "#core/errors.ts";

/** A file of a model on a hub. */
export interface HubFile {
  /** A plain name: no folder, no `..`. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Hex, of large files. */
  readonly sha256?: string;
  /** Hex, git's hash of a blob, of small files. */
  readonly gitSha1?: string;
}

/** The list of the shards of weights. */
export const INDEX_FILE = "model.safetensors.index.json";

const SINGLE_FILE = "model.safetensors";
const NEEDED = ["config.json"];
const OPTIONAL = [
  "generation_config.json",
  "preprocessor_config.json",
  "video_preprocessor_config.json",
  "processor_config.json",
  "chat_template.json",
  "chat_template.jinja",
  "tokenizer.json",
  "tokenizer_config.json",
  "added_tokens.json",
  "special_tokens_map.json",
  "aim.json",
];
const PLAIN_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/;
/** What Windows takes for a device, whatever follows the dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Whether a name is one of a file right in a folder, on every system. */
export function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name) && !DEVICE.test(name);
}

/** Whether the weights are in several files; if there is a single one, too, that one counts, as it does when weights are read. */
export function isSharded(files: readonly HubFile[]): boolean {
  return !has(files, SINGLE_FILE) && has(files, INDEX_FILE);
}

/**
 * Of the files of a repository, those that a checkpoint needs: its weights (`model.safetensors`, else the index and `shards`) and what
 * describes them, in the order of their sizes, so that a bad one is found early.
 *
 * Throws `not-found` if there is no config.json or are no weights, saying what there is instead, `invalid-model` if a shard is
 * missing or its name is not a plain one.
 */
export function chooseFiles(id: string, files: readonly HubFile[], shards: readonly string[]): readonly HubFile[] {
  for (const name of NEEDED) {
    if (!has(files, name)) throw notACheckpoint(id, name, files);
  }
  if (!has(files, SINGLE_FILE) && !has(files, INDEX_FILE)) throw notACheckpoint(id, SINGLE_FILE, files);
  const weights = isSharded(files) ? [INDEX_FILE, ...checkShards(id, files, shards)] : [SINGLE_FILE];
  const names = new Set([...NEEDED, ...OPTIONAL, ...weights]);
  return files.filter(({ name }) => names.has(name)).sort((a, b) => a.sizeBytes - b.sizeBytes);
}

function checkShards(id: string, files: readonly HubFile[], shards: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  for (const name of shards) {
    const isFree = !seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    if (isPlainName(name) && name.endsWith(".safetensors") && isFree && has(files, name)) continue;
    throw new AimError("invalid-model", `${id}: ${INDEX_FILE} names ${JSON.stringify(name)}, which cannot be had`, {
      hint: "a model may only name its own files: take it from a source that you trust",
    });
  }
  if (shards.length > 0) return shards;
  throw new AimError("invalid-model", `${id}: ${INDEX_FILE} names no files`, {
    hint: "the model on the hub is damaged",
  });
}

function notACheckpoint(id: string, missing: string, files: readonly HubFile[]): AimError {
  const weights = files.map(({ name }) => name).filter((name) => /\.(bin|pt|pth|gguf|onnx|safetensors)$/.test(name));
  const found = weights.length > 0 ? weights.slice(0, 3).join(", ") : `${files.length} other files`;
  return new AimError("not-found", `${id}: has no ${missing}, only ${found}`, {
    hint: "choose a repository in the layout of transformers: config.json, tokenizer.json and model.safetensors",
  });
}

const has = (files: readonly HubFile[], name: string) => files.some((file) => file.name === name);
