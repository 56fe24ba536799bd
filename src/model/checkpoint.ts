import { basename, resolve } from "node:path";
import { z } from "zod";
import type { DecoderConfig, ModelConfig } from "./config.ts";
import { count, readConfigPart } from "./config-reader.ts";
import { checkTensors } from "./expected-tensors.ts";
import { familyOf } from "./families.ts";
import type { Family } from "./family.ts";
import { readJsonFile, readOptionalJson } from "./json-file.ts";
import { type Preset, readPreset } from "./preset.ts";
import { readTextConfig } from "./text-config.ts";
import { openWeights, type Weights } from "./weights.ts";

/** A checkpoint folder that was opened and found sound; nothing of it has been loaded but names and shapes. */
export interface Checkpoint {
  readonly dir: string;
  readonly name: string;
  readonly family: Family;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly preset: Preset;
  /** Ids that end an answer. */
  readonly stopTokens: readonly number[];
}

const anyObject = z.record(z.string(), z.unknown());

const generationSchema = z.object({
  eos_token_id: z.union([z.int(), z.array(z.int())]).nullish(),
  max_new_tokens: count.nullish(),
});

/** Opens a checkpoint folder. Throws `not-found`, `invalid-model` or `unsupported`. */
export function openCheckpoint(dir: string): Checkpoint {
  const folder = resolve(dir);
  const raw = readConfigPart(anyObject, readJsonFile(folder, "config.json"), "config");
  const family = familyOf(raw);
  const weights = openWeights(folder);
  try {
    const config = family.readConfig({ config: raw, hasWeight: (name) => weights.has(name) });
    checkTensors(config, weights);
    const generation = readGeneration(folder, raw);
    const preset = readPreset(readOptionalJson(folder, "aim.json"), config.decoder.layers, generation.maxTokens);
    return { dir: folder, name: basename(folder), family, config, weights, preset, stopTokens: generation.stopTokens };
  } catch (error) {
    weights.close();
    throw error;
  }
}

/** The LLM that a folder's config.json describes; weights need not be there, and a bare Qwen2 or Llama folder serves, too. */
export function readDecoderConfig(dir: string): DecoderConfig {
  const raw = readConfigPart(anyObject, readJsonFile(resolve(dir), "config.json"), "config");
  const isBare = raw["model_type"] === "qwen2" || raw["model_type"] === "llama";
  if (isBare) return readTextConfig(raw, "config").decoder;
  return familyOf(raw).readConfig({ config: raw, hasWeight: () => false }).decoder;
}

/** What generation_config.json says, or else config.json. */
function readGeneration(dir: string, config: Readonly<Record<string, unknown>>): { stopTokens: number[]; maxTokens: number | undefined } {
  const file = readConfigPart(generationSchema, readOptionalJson(dir, "generation_config.json") ?? {}, "generation_config.json");
  const text = readConfigPart(generationSchema, config["text_config"] ?? {}, "text_config");
  const stop = [file.eos_token_id ?? text.eos_token_id ?? []].flat();
  return { stopTokens: stop, maxTokens: file.max_new_tokens ?? undefined };
}
