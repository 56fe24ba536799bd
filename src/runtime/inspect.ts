import { AimError } from "#core/errors.ts";
import { formatPrune } from "#core/prune-settings.ts";
import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { compileDecoder, compileProjector, compileVision, RECIPES } from "#model/compile.ts";
import { RANKING_GRAPHS } from "#model/rankings.ts";
import { findDamage } from "./damage.ts";
import { changedFiles } from "./import/import-version.ts";
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
    const { vision, decoder } = checkpoint.imported?.precision ?? { vision: "f32", decoder: "f32" };
    attempt(() => compileVision(checkpoint, RECIPES[vision], folder));
    attempt(() => compileProjector(checkpoint, RECIPES[vision], folder));
    attempt(() => compileDecoder(checkpoint, RECIPES[decoder], folder, RANKING_GRAPHS.pagerank));
    const { signal, onProgress } = options;
    const total = checkpoint.weights.sizeBytes;
    const damage = await findDamage(checkpoint, {
      ...(signal && { signal }),
      onProgress: (done) => onProgress?.(done, total),
    });
    if (damage) problems.push(damage);
    const changed = checkpoint.imported ? await changedFiles(folder, checkpoint.imported, { signal }) : [];
    if (changed.length > 0) problems.push(changedSince(changed));
    return { folder, facts: factsOf(checkpoint), problems };
  } finally {
    checkpoint.weights.close();
  }
}

function changedSince(files: readonly string[]): AimError {
  return new AimError("invalid-model", `no longer as they were imported: ${files.join(", ")}`, {
    hint: "import the model again, with --replace",
  });
}

/** What is known of a checkpoint that was opened, in words and numbers. */
export function factsOf({ family, model, weights, preset, parameters, imported }: Checkpoint): ModelReport["facts"] {
  const { decoder, vision } = model;
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  return {
    family: family.id,
    parameters,
    "on disk": gigabytes(weights.sizeBytes),
    LLM: `${decoder.layers} layers, hidden ${decoder.hidden}, ${decoder.heads} heads (${decoder.kvHeads} for keys), vocabulary ${decoder.vocab}`,
    vision: `${vision.layers} layers, hidden ${vision.hidden}, ${vision.imageSizePx} px in patches of ${vision.patchSizePx} px`,
    context: `${decoder.maxPositions} tokens`,
    picture: `${model.tokensPerCrop} tokens${model.pinpoints(1).length > 0 ? ", more in crops of a larger version" : ""}`,
    ...(model.placeholders.video !== undefined && { "video frame": `${model.tokensPerFrame} tokens` }),
    preset: `${preset.frames} frames, merge to ${preset.merge.retention * 100} %, prune ${formatPrune(preset.prune)}`,
    memory: imported
      ? `about ${gigabytes(weights.sizeBytes)}, imported as ${imported.precision.decoder} with a vision tower in ${imported.precision.vision}`
      : `about ${gigabytes(parameters * 4)} in f32, ${gigabytes(parameters * 1.05)} in q8 or int8, ${gigabytes(parameters * 0.7)} in q4`,
  };
}
