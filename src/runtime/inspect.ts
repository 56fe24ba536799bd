import { AimError } from "#core/errors.ts";
import { pooledSide } from "#core/pool.ts";
import { parsePixelConfig } from "#media/preprocess.ts";
import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { patchesPerSide } from "#model/config.ts";
import { readJsonFile, readOptionalJson } from "#model/json-file.ts";
import { findDamage } from "./damage.ts";
import { PromptWriter } from "./prompt.ts";
import { Tokenizer } from "./tokenizer.ts";

export interface ModelReport {
  readonly folder: string;
  /** What was found out, in words and numbers, by the name to show. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** What will not work. */
  readonly problems: readonly { readonly message: string; readonly hint: string | undefined }[];
}

export interface InspectOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Reads a checkpoint folder as far as it can be read. Whatever fails is a problem of the report, not an error; only `cancelled` is thrown. */
export async function inspectModel(folder: string, options: InspectOptions = {}): Promise<ModelReport> {
  const problems: AimError[] = [];
  const attempt = <Result>(work: () => Result): Result | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof AimError)) throw error;
      problems.push(error);
      return undefined;
    }
  };
  const checkpoint = attempt(() => openCheckpoint(folder));
  const tokenizer = attempt(() => Tokenizer.open(folder));
  if (tokenizer) attempt(() => PromptWriter.open(folder, tokenizer));
  attempt(() => parsePixelConfig(readJsonFile(folder, "preprocessor_config.json")));
  if (readOptionalQuietly(folder)) attempt(() => parsePixelConfig(readOptionalJson(folder, "video_preprocessor_config.json")));
  if (checkpoint) {
    const { signal, onProgress } = options;
    const total = checkpoint.weights.sizeBytes;
    const damaged = await findDamage(checkpoint, { ...(signal && { signal }), onProgress: (done) => onProgress?.(done, total) });
    if (damaged) problems.push(damaged);
  }
  const report = { folder, facts: checkpoint ? factsOf(checkpoint) : {}, problems: problems.map(({ message, hint }) => ({ message, hint })) };
  checkpoint?.weights.close();
  return report;
}

function readOptionalQuietly(folder: string): boolean {
  try {
    return readOptionalJson(folder, "video_preprocessor_config.json") !== undefined;
  } catch {
    return true; // there, but unreadable: the caller finds out why
  }
}

function factsOf({ family, config, weights, preset }: Checkpoint): ModelReport["facts"] {
  const { decoder, vision, picture } = config;
  const parameters = weights.parameterCount();
  const side = patchesPerSide(vision);
  const { prune } = preset;
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  return {
    family: family.id,
    parameters,
    "on disk": gigabytes(weights.sizeBytes),
    LLM: `${decoder.layers} layers, hidden ${decoder.hidden}, ${decoder.heads} heads (${decoder.kvHeads} for keys), vocabulary ${decoder.vocab}`,
    vision: `${vision.layers} layers, hidden ${vision.hidden}, ${vision.imageSizePx} px in patches of ${vision.patchSizePx} px`,
    context: `${decoder.maxPositions} tokens`,
    picture: `${side ** 2} tokens${picture.pinpoints.length > 0 ? ` and up to ${picture.maxCrops} crops more` : ""}`,
    "video frame": `${pooledSide(side) ** 2} tokens`,
    preset: `${preset.frames} frames, merge to ${preset.merge.retention * 100} %, prune ${prune === "off" ? "off" : `${prune.firstLayer}..${prune.lastLayer}`}`,
    memory: `about ${gigabytes(parameters * 4)} in f32, ${gigabytes(parameters * 1.05)} in q8 or int8`,
  };
}
