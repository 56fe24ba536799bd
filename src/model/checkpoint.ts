import { basename, resolve } from "node:path";
import { z } from "zod";
import { AimError } from "#core/errors.ts";
import type { DecoderConfig } from "./config.ts";
import { count, readConfigPart } from "./config-reader.ts";
import { familyOf } from "./families.ts";
import type { Family, FamilyModel } from "./family.ts";
import { type ImportManifest, readImportManifest } from "./import-manifest.ts";
import { readJsonFile, readOptionalJson } from "./json-file.ts";
import { type Preset, readPreset } from "./preset.ts";
import { checkShape } from "./store.ts";
import { readTextConfig } from "./text-config.ts";
import { openWeights, type Weights } from "./weights.ts";

/** A checkpoint folder whose files have been read as far as names and shapes; whether all tensors are there, compiling it tells. */
export interface Checkpoint {
  readonly dir: string;
  readonly name: string;
  readonly family: Family;
  readonly model: FamilyModel;
  readonly weights: Weights;
  /** Of the model, whatever its weights were converted to. */
  readonly parameters: number;
  /** What an import noted of the weights that it converted; undefined for weights as they were published. */
  readonly imported: ImportManifest | undefined;
  /** See Weights.identity; of the moment of opening. */
  readonly identity: string;
  readonly preset: Preset;
  /** Ids that end an answer. */
  readonly stopTokens: readonly number[];
}

const anyObject = z.record(z.string(), z.unknown());

const generationSchema = z.object({
  eos_token_id: z.union([z.int(), z.array(z.int())]).nullish(),
  max_new_tokens: count.nullish(),
});

/** Opens a checkpoint folder, whose own name counts unless another one is given. Throws `not-found`, `invalid-model` or `unsupported`. */
export function openCheckpoint(dir: string, name?: string): Checkpoint {
  const folder = resolve(dir);
  const imported = readImportManifest(folder);
  const config = readConfigPart("config.json", anyObject, readJsonFile(folder, "config.json"));
  const family = familyOf(config);
  const weights = openWeights(folder);
  try {
    const model = family.read({ config, weights });
    checkShape(weights, embeddingTable(model), [model.decoder.vocab, model.decoder.hidden]);
    const generation = readGeneration(folder, config, model.stopTokens);
    const preset = readPreset(readOptionalJson(folder, "aim.json"), {
      layers: model.decoder.layers,
      maxTokens: generation.maxTokens,
      retention: model.retention,
    });
    return {
      dir: folder,
      name: name ?? basename(folder),
      family,
      model,
      weights,
      parameters: imported?.parameters ?? weights.parameterCount(),
      imported,
      identity: weights.identity(),
      preset,
      stopTokens: generation.stopTokens,
    };
  } catch (error) {
    weights.close();
    throw error;
  }
}

/** The name of the table [vocab, hidden] that turns token ids into embeddings. */
export function embeddingTable({ decoderNames }: FamilyModel): string {
  return `${decoderNames.prefix}embed_tokens.weight`;
}

/** The LLM that a folder's config.json describes, of a multi-modal model or a bare one; weights need not be there. */
export function readDecoderConfig(dir: string): DecoderConfig {
  const config = readConfigPart("config.json", anyObject, readJsonFile(resolve(dir), "config.json"));
  const text = config.text_config;
  return text === undefined ? readTextConfig(config, "").decoder : readTextConfig(text, "text_config").decoder;
}

/** What generation_config.json says, or else config.json, or else the family. */
function readGeneration(
  dir: string,
  config: Readonly<Record<string, unknown>>,
  familyTokens: readonly number[] = [],
): { stopTokens: number[]; maxTokens: number | undefined } {
  const file = readConfigPart(
    "generation_config.json",
    generationSchema,
    readOptionalJson(dir, "generation_config.json") ?? {},
  );
  const text = readConfigPart("config.json", generationSchema, config.text_config ?? {}, "text_config");
  const stopTokens = [file.eos_token_id ?? text.eos_token_id ?? familyTokens].flat();
  if (stopTokens.length > 0) return { stopTokens, maxTokens: file.max_new_tokens ?? undefined };
  throw new AimError("invalid-model", `${dir}: no eos_token_id, so that no answer would ever end`, {
    hint: "add generation_config.json from the model's page to the folder",
  });
}
