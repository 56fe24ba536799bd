import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isObject } from "#core/json-reader.ts";
import { formatNumber } from "#core/units.ts";

/** What `model_type` in config.json may be; src/model/families.ts knows the same, which the editor does not load. */
export const SUPPORTED_TYPES: readonly string[] = ["llava_onevision", "llava"];

/** What an import leaves in the folder of a model that it converted; src/model/import-manifest.ts writes it. */
const IMPORT_FILE = "aim-import.json";
const MOST_CONFIG_BYTES = 10e6;
const BYTES_PER_PARAMETER: ReadonlyMap<unknown, number> = new Map([
  ["float32", 4],
  ["float16", 2],
  ["bfloat16", 2],
]);

/** What can be said of a checkpoint without starting a kernel: names and sizes of files, and config.json. */
export interface ModelFacts {
  /** All files of the folder. */
  readonly sizeBytes: number;
  /** `model_type` of config.json, if that can be read. */
  readonly family?: string;
  /** From the size of the weights: right to a thousandth. */
  readonly parameters?: number;
  /** Why it cannot be opened, if that is so. */
  readonly problem?: string;
}

/** Looks at a checkpoint folder. What is wrong with it is a fact, too: nothing is thrown. */
export async function modelFacts(folder: string): Promise<ModelFacts> {
  const sizes = await fileSizes(folder);
  const sizeBytes = sum([...sizes.values()]);
  const missing = missingFiles([...sizes.keys()]);
  const config = await readJson(join(folder, "config.json"), sizes.get("config.json"));
  const family = typeof config?.model_type === "string" ? config.model_type : undefined;
  const parameters = config && ((await importedParameters(folder, sizes)) ?? parametersOf(config, sizes));
  const problem = problemOf(missing, config, family);
  return {
    sizeBytes,
    ...(family !== undefined && { family }),
    ...(parameters !== undefined && { parameters }),
    ...(problem !== undefined && { problem }),
  };
}

/** What a checkpoint must have and these files are not, as a person would write it. */
export function missingFiles(names: readonly string[]): readonly string[] {
  const needed = ["config.json", "tokenizer.json"].filter((name) => !names.includes(name));
  return names.some((name) => name.endsWith(".safetensors")) ? needed : [...needed, "*.safetensors"];
}

/** `0.89B`, `2.21M`: parameters as model names have them. */
export function formatParameters(count: number): string {
  return count >= 0.5e9 ? `${formatNumber(count / 1e9)}B` : `${formatNumber(count / 1e6)}M`;
}

function problemOf(
  missing: readonly string[],
  config: Readonly<Record<string, unknown>> | undefined,
  family: string | undefined,
): string | undefined {
  if (missing.length > 0) return `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`;
  if (config === undefined) return "config.json cannot be read";
  if (family !== undefined && SUPPORTED_TYPES.includes(family)) return undefined;
  return `the architecture ${family ?? "without model_type"} is not supported; supported: ${SUPPORTED_TYPES.join(", ")}`;
}

/** File names and sizes in bytes, through links; none for a folder that is gone. */
async function fileSizes(folder: string): Promise<ReadonlyMap<string, number>> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const file = await stat(join(folder, name)).catch(() => undefined); // a link to nowhere
      return file?.isFile() ? [[name, file.size] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** What an import noted: its weights are no longer as wide as config.json says. */
async function importedParameters(folder: string, sizes: ReadonlyMap<string, number>): Promise<number | undefined> {
  const noted = await readJson(join(folder, IMPORT_FILE), sizes.get(IMPORT_FILE));
  return typeof noted?.parameters === "number" ? noted.parameters : undefined;
}

async function readJson(
  path: string,
  sizeBytes: number | undefined,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (sizeBytes === undefined || sizeBytes > MOST_CONFIG_BYTES) return undefined;
  try {
    const config: unknown = JSON.parse(await readFile(path, "utf8"));
    return isObject(config) ? config : undefined;
  } catch {
    return undefined; // problemOf says so
  }
}

/** Undefined where config.json does not tell how wide a number is. */
function parametersOf(
  config: Readonly<Record<string, unknown>>,
  sizes: ReadonlyMap<string, number>,
): number | undefined {
  const bytes = BYTES_PER_PARAMETER.get(config.dtype ?? config.torch_dtype);
  const weights = sum([...sizes].filter(([name]) => name.endsWith(".safetensors")).map(([, size]) => size));
  return bytes === undefined || weights === 0 ? undefined : Math.round(weights / bytes);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
