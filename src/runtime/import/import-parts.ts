import { createHash } from "node:crypto";
import type { PartPrecisions } from "#core/precision.ts";
import { type Checkpoint, embeddingTable } from "#model/checkpoint.ts";
import { compileDecoder, compileProjector, compileVision, RECIPES } from "#model/compile.ts";
import { ConvertedFile } from "#model/converted-file.ts";
import { copyOf } from "#model/float-tensor.ts";
import { MANIFEST_FORMAT } from "#model/import-manifest.ts";
import { RANKING_GRAPHS } from "#model/rankings.ts";
import type { Weights } from "#model/weights.ts";

/** A file of weights of an imported model. */
export interface ImportPart {
  readonly file: string;
  readonly tensors: ConvertedFile;
}

/**
 * The weights of a checkpoint in the given precisions, as files to be written: what the graphs of each part read, then all other tensors as they
 * are, above all the embedding table, which is read by rows. Throws `invalid-model` if the checkpoint lacks what a graph needs.
 */
export function importParts(checkpoint: Checkpoint, precision: PartPrecisions): readonly ImportPart[] {
  const [vision, decoder] = [RECIPES[precision.vision], RECIPES[precision.decoder]];
  const graphs = {
    vision: compileVision(checkpoint, vision, ""),
    projector: compileProjector(checkpoint, vision, ""),
    decoder: compileDecoder(checkpoint, decoder, "", RANKING_GRAPHS.pagerank),
  };
  const taken = new Set<string>();
  const parts = Object.entries(graphs).flatMap(([name, graph]) => {
    if (!graph?.toConvert) return [];
    const tensors = new ConvertedFile(graph.toConvert.tensors.version);
    for (const job of graph.toConvert.tensors.jobs) {
      if (!taken.has(job.name)) tensors.add(job); // graphs may share a tensor
      taken.add(job.name);
    }
    return tensors.jobs.length > 0 ? [{ file: `${name}.safetensors`, tensors }] : [];
  });
  return [...parts, { file: "others.safetensors", tensors: otherTensors(checkpoint, taken) }];
}

/** Floating-point tensors that no part holds, neither as they are nor converted; the embedding table is kept beside an output layer that was made of it. */
function otherTensors(checkpoint: Checkpoint, taken: ReadonlySet<string>): ConvertedFile {
  const { weights, model } = checkpoint;
  const converted = new Set([...taken].map((name) => name.split(":")[0]));
  const others = new ConvertedFile("copy v1");
  for (const name of weights.names()) {
    const isNeeded = name === embeddingTable(model) ? !taken.has(name) : !converted.has(name);
    if (isNeeded && isFloat(weights, name)) others.add(copyOf(weights, name));
  }
  return others;
}

/** Old checkpoints hold lists of positions, too, which nothing reads. */
function isFloat(weights: Weights, name: string): boolean {
  return ["F32", "F16", "BF16"].includes(weights.entry(name).dtype);
}

/** The name of the folder of a version: 16 hex digits over all that decides what its files hold. */
export function versionDigest(
  { identity }: Checkpoint,
  precision: PartPrecisions,
  parts: readonly ImportPart[],
): string {
  return digestOf([identity, precision.vision, precision.decoder, ...parts.map(({ tensors }) => tensors.digest())]);
}

/** The same for a download that is used as it is. */
export function downloadDigest(id: string, commit: string): string {
  return digestOf([id, commit]);
}

function digestOf(words: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([MANIFEST_FORMAT, ...words]))
    .digest("hex")
    .slice(0, 16);
}
