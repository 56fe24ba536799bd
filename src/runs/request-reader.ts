import { budgetTarget } from "#core/budget-reader.ts";
import { finite, list, object, optional, type Reader, text, whole, word } from "#core/json-reader.ts";
import { MERGE_ORDERS, MERGE_WEIGHTINGS, type MergeSettings } from "#core/merge-settings.ts";
import { METHOD_NAMES } from "#core/methods.ts";
import { PRECISIONS } from "#core/precision.ts";
import { prune } from "#core/record-reader.ts";
import { DEVICES, type MediaReference, type SettingsPatch } from "#core/settings.ts";
import type { VisionSettings } from "#core/vision-settings.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";

const count = optional(whole(0, Number.MAX_SAFE_INTEGER));
const number = optional(finite);

const patch = object<SettingsPatch>({
  method: optional(word(METHOD_NAMES)),
  merge: optional(
    object<Partial<MergeSettings>>({
      retention: number,
      order: optional(word(MERGE_ORDERS)),
      weighting: optional(word(MERGE_WEIGHTINGS)),
    }),
  ),
  prune: optional(prune),
  vision: optional(object<Partial<VisionSettings>>({ retention: number, similar: number })),
  budget: optional(budgetTarget),
  frames: count,
  maxTokens: count,
  temperature: number,
  topP: number,
  seed: count,
});

const medium = object<MediaReference>({
  kind: word(["image", "video"]),
  path: text,
  frames: count,
  start: number,
  end: number,
});

/** The question of a run as it was asked of the kernel, to ask it again. Throws `invalid-argument` with the path of what is wrong. */
export const askRequest: Reader<AskRequest> = object<AskRequest>({
  question: text,
  media: list(medium),
  model: optional(text),
  base: text,
  device: optional(word(DEVICES)),
  precision: optional(word(PRECISIONS)),
  visionPrecision: optional(word(PRECISIONS)),
  settings: patch,
});
