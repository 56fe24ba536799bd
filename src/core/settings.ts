import { checkBudget } from "./budget-rules.ts";
import type { BudgetTarget } from "./budget-target.ts";
import { AimError } from "./errors.ts";
import type { Advice, Reduction, ReductionPatch } from "./method.ts";
import { type MethodName, methodOf } from "./methods.ts";
import { formatPrune } from "./prune-settings.ts";
import { needsRanking } from "./schedule.ts";
import { layVision, VISION_OFF, type VisionSettings } from "./vision-settings.ts";

export const DEVICES = ["auto", "cpu", "webgpu", "cuda"] as const;
export type DeviceName = (typeof DEVICES)[number];

/** All that decides an answer besides the question, the media and the model. */
export interface RunSettings extends Reduction {
  readonly method: MethodName;
  readonly vision: VisionSettings;
  /** Taken from a video that does not say its own number. */
  readonly frames: number;
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

/** What a user may say; what is left out comes from the model's preset. */
export interface SettingsPatch extends ReductionPatch {
  readonly method?: MethodName;
  /** A limit that merging and pruning are chosen for once the tokens of the media are known; it stands in the place of both. */
  readonly budget?: BudgetTarget | undefined;
  readonly vision?: Partial<VisionSettings>;
  readonly frames?: number;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
}

/**
 * Lays `patch` over `preset`; the method decides what of both it follows. Under `full` the preset saves nothing in
 * the vision tower, either.
 *
 * Under a budget, merging and pruning are those of the preset: a run chooses others when it knows what there is to cut.
 *
 * Throws `invalid-argument` for a schedule that keeps some tokens under a method that cannot say which, and for a budget beside what it contradicts.
 */
export function resolveSettings(preset: RunSettings & Advice, patch: SettingsPatch): RunSettings {
  checkBudget(patch, (word) => word);
  const name = patch.method ?? (patch.budget ? "aim" : preset.method);
  const { reduction, ranking } = methodOf(name);
  const { merge, prune } = reduction(patch, preset);
  if (ranking === "none" && needsRanking(prune)) {
    throw new AimError(
      "invalid-argument",
      `${name} does not rank tokens, so none can be pruned by ${formatPrune(prune)}`,
      {
        hint: "drop all at one layer, such as 14:0%, or choose another method",
      },
    );
  }
  return {
    method: name,
    merge,
    prune,
    vision: layVision(name === "full" ? VISION_OFF : preset.vision, patch.vision),
    frames: patch.frames ?? preset.frames,
    maxTokens: patch.maxTokens ?? preset.maxTokens,
    temperature: patch.temperature ?? preset.temperature,
    topP: patch.topP ?? preset.topP,
    seed: patch.seed ?? preset.seed,
  };
}

const bad = (what: string, text: string, hint: string) =>
  new AimError("invalid-argument", `${what}, got ${JSON.stringify(text)}`, { hint });

/** The shape of one numeric setting: its name, bounds and whether it is whole. */
export interface NumberRule {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

export const NUMBER_RULES = {
  frames: { name: "frames", least: 1, most: 1024, isWhole: true },
  maxTokens: { name: "max_tokens", least: 1, most: 4096, isWhole: true },
  temperature: { name: "temperature", least: 0, most: 5, isWhole: false },
  topP: { name: "top_p", least: 0.01, most: 1, isWhole: false },
  seed: { name: "seed", least: 0, most: 4294967295, isWhole: true },
} as const satisfies Record<string, NumberRule>;

/** Reads a number within `rule`. Throws `invalid-argument`. */
export function parseNumber(text: string, rule: NumberRule): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= rule.least && value <= rule.most) || (rule.isWhole && !Number.isInteger(value))) {
    const kind = rule.isWhole ? "a whole number" : "a number";
    throw bad(`${rule.name} must be ${kind}`, text, `give ${kind} from ${rule.least} to ${rule.most}`);
  }
  return value;
}

/** Reads one of `words`. Throws `invalid-argument`. */
export function parseWord<const Word extends string>(what: string, text: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw bad(`unknown ${what}`, text, `choose one of ${words.join(", ")}`);
  return word;
}

/** Reads seconds: `95`, `95.5`, `1:35`, `1:02:03.5`. Throws `invalid-argument`. */
export function parseTime(text: string): number {
  const match = /^(?:(?:(\d+):)?([0-5]?\d):)?(\d+(?:\.\d+)?)$/.exec(text);
  const seconds = Number(match?.[3]);
  if (!match || (match[2] !== undefined && seconds >= 60)) {
    throw bad("a time must be seconds or minutes:seconds", text, "write 95, 1:35 or 1:02:03.5");
  }
  return Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + seconds;
}

/** What a question refers to: a picture, or a video and how its frames are chosen. Times in seconds. */
export interface MediaReference {
  readonly kind: "image" | "video";
  readonly path: string;
  readonly frames?: number;
  readonly start?: number;
  readonly end?: number;
}
