import { AimError } from "#core/errors.ts";
import { formatPrune } from "#core/prune-settings.ts";
import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { compileDecoder, compileVision, RECIPES } from "#model/compile.ts";
import { RANKING_GRAPHS } from "#model/rankings.ts";
import { findDamage } from "./damage.ts";
import { readPixelConfigs } from "./pixels.ts";
import { PromptWriter } from "./prompt.ts";
import { Tokenizer } from "./tokenizer.ts";

export interface ModelReport {
  readonly folder: string;
  /** What was found out, in words and numbers, by the name to show. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** What will not work. */
  readonly problems: readonly AimError[];
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
  const tokenizer = attempt(() => Tokenizer.open(folder));
  if (tokenizer) attempt(() => PromptWriter.open(folder, tokenizer));
  const checkpoint = attempt(() => openCheckpoint(folder));
  if (checkpoint === undefined) return { folder, facts: {}, problems };
  try {
    attempt(() => readPixelConfigs(folder, checkpoint.model.vision.imageSizePx));
    attempt(() => compileVision(checkpoint, RECIPES.f32, folder));
    attempt(() => compileDecoder(checkpoint, RECIPES.f32, folder, RANKING_GRAPHS.pagerank));
    const { signal, onProgress } = options;
    const total = checkpoint.weights.sizeBytes;
    const damage = await findDamage(checkpoint, {
      ...(signal && { signal }),
      onProgress: (done) => onProgress?.(done, total),
    });
    if (damage) problems.push(damage);
    return { folder, facts: factsOf(checkpoint), problems };
  } finally {
    checkpoint.weights.close();
  }
}

function factsOf({ family, model, weights, preset }: Checkpoint): ModelReport["facts"] {
  const { decoder, vision } = model;
  const parameters = weights.parameterCount();
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  return {
    family: family.id,
    parameters,
    "on disk": gigabytes(weights.sizeBytes),
    LLM: `${decoder.layers} layers, hidden ${decoder.hidden}, ${decoder.heads} heads (${decoder.kvHeads} for keys), vocabulary ${decoder.vocab}`,
    vision: `${vision.layers} layers, hidden ${vision.hidden}, ${vision.imageSizePx} px in patches of ${vision.patchSizePx} px`,
    context: `${decoder.maxPositions} tokens`,
    picture: `${model.tokensPerCrop} tokens${model.pinpoints(1).length > 0 ? ", more in crops of a larger version" : ""}`,
    "video frame": `${model.tokensPerFrame} tokens`,
    preset: `${preset.frames} frames, merge to ${preset.merge.retention * 100} %, prune ${formatPrune(preset.prune)}`,
    memory: `about ${gigabytes(parameters * 4)} in f32, ${gigabytes(parameters * 1.05)} in q8 or int8`,
  };
}
