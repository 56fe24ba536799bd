import { readdirSync } from "node:fs";
import { AimError } from "#core/errors.ts";
import { fileError } from "./file-error.ts";
import { isRecord, readJsonFile } from "./json-file.ts";
import { resolveInFolder } from "./model-folder.ts";

/** The weight files of a model folder. */
export interface WeightFiles {
  /** File name in the folder -> its real path. */
  readonly paths: ReadonlyMap<string, string>;
  /** Tensor name -> name of the file that holds it; undefined if there is one file, which holds all. */
  readonly index: ReadonlyMap<string, string> | undefined;
}

const SINGLE_FILE = "model.safetensors";
const INDEX_FILE = "model.safetensors.index.json";
const MAX_INDEX_BYTES = 64 * 2 ** 20;

/**
 * Finds `model.safetensors`, or the shards that `model.safetensors.index.json` names. Of both, the single file counts.
 *
 * Throws `not-found` if there is neither, saying what there is instead, and `invalid-model` for an index that is not sound or
 * names a file that is missing or outside the folder.
 */
export function findWeightFiles(dir: string): WeightFiles {
  const found = listFolder(dir);
  if (found.includes(SINGLE_FILE)) {
    return { paths: new Map([[SINGLE_FILE, resolveInFolder(dir, SINGLE_FILE)]]), index: undefined };
  }
  if (!found.includes(INDEX_FILE)) throw noWeights(dir, found);
  const index = readIndex(dir);
  const paths = new Map<string, string>();
  for (const [tensor, file] of index) {
    if (!paths.has(file)) paths.set(file, resolveShard(dir, file, tensor));
  }
  return { paths, index };
}

function listFolder(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch (cause) {
    throw fileError(dir, cause);
  }
}

function noWeights(dir: string, found: readonly string[]): AimError {
  const weights = found.filter((name) => /\.(bin|pt|pth|ckpt|gguf|msgpack|h5|onnx|safetensors)$/.test(name));
  const what = weights.length > 0 ? `only ${weights.slice(0, 5).join(", ")}` : `${found.length} other files`;
  const hint = weights.some((name) => /\.(bin|pt|pth|ckpt)$/.test(name))
    ? "convert the weights to safetensors, for example with save_pretrained of transformers"
    : "give the folder of a Hugging Face checkpoint with config.json, tokenizer.json and model.safetensors";
  return new AimError("not-found", `${dir}: no ${SINGLE_FILE} and no ${INDEX_FILE}, found ${what}`, { hint });
}

function readIndex(dir: string): ReadonlyMap<string, string> {
  const index = readJsonFile(dir, INDEX_FILE, { maxBytes: MAX_INDEX_BYTES });
  const map = isRecord(index) ? index.weight_map : undefined;
  const entries = isRecord(map) ? Object.entries(map) : [];
  const checked = new Map<string, string>();
  for (const [tensor, file] of entries) {
    if (typeof file !== "string" || !file.endsWith(".safetensors")) {
      throw badIndex(
        dir,
        `puts the tensor ${JSON.stringify(tensor)} into ${JSON.stringify(file)}, not a .safetensors file`,
      );
    }
    checked.set(tensor, file);
  }
  if (checked.size === 0) throw badIndex(dir, "has no weight_map that names tensors");
  return checked;
}

function resolveShard(dir: string, file: string, tensor: string): string {
  try {
    return resolveInFolder(dir, file);
  } catch (cause) {
    if (!(cause instanceof AimError && cause.code === "not-found")) throw cause;
    throw new AimError("invalid-model", `${dir}: ${file} is missing, which holds ${JSON.stringify(tensor)}`, {
      hint: `download ${file} into the folder`,
      cause,
    });
  }
}

function badIndex(dir: string, what: string): AimError {
  return new AimError("invalid-model", `${dir}: ${INDEX_FILE} ${what}`, { hint: "download the file again" });
}
