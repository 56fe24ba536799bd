import { AimError } from "./errors.ts";

export const METHODS = ["aim", "full"] as const;
/** How visual tokens are reduced; `full` neither merges nor prunes. */
export type MethodName = (typeof METHODS)[number];

export const DEVICES = ["auto", "cpu", "webgpu", "cuda"] as const;
export type DeviceName = (typeof DEVICES)[number];

export const PRECISIONS = ["auto", "f32", "q8", "int8"] as const;
export type PrecisionName = (typeof PRECISIONS)[number];

/** Merging before the LLM. `retention` in (0, 1] is the share of each frame's tokens that stays; 1 means off. */
export interface MergeSettings {
  readonly retention: number;
  /** `reference` leaves unmerged tokens in similarity order and puts the others last; `spatial` restores position order. */
  readonly order: "reference" | "spatial";
  /** `plain` averages the tokens that meet in one step; `size` weights them by how many patches they stand for. */
  readonly weighting: "plain" | "size";
}

/** Pruning inside the LLM: the first layer after which visual tokens go, and the layer after which none is left. */
export interface PruneSettings {
  readonly firstLayer: number;
  readonly lastLayer: number;
}

/** All that decides an answer besides the question, the media and the model. */
export interface RunSettings {
  readonly method: MethodName;
  readonly merge: MergeSettings;
  readonly prune: PruneSettings | "off";
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

/** What a user may say; what is left out comes from the model's preset. */
export interface SettingsPatch {
  readonly method?: MethodName;
  readonly merge?: Partial<MergeSettings>;
  readonly prune?: PruneSettings | "off";
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
}

const MERGE_OFF: MergeSettings = { retention: 1, order: "reference", weighting: "plain" };

/** Lays `patch` over `preset`. `full` switches merging and pruning off, whatever else is said. */
export function resolveSettings(preset: RunSettings, patch: SettingsPatch): RunSettings {
  const said = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as SettingsPatch;
  const settings = { ...preset, ...said, merge: { ...preset.merge, ...said.merge } };
  return settings.method === "full" ? { ...settings, merge: MERGE_OFF, prune: "off" } : settings;
}

const bad = (what: string, text: string, hint: string) =>
  new AimError("invalid-argument", `${what}, got ${JSON.stringify(text)}`, { hint });

/** Reads `25%`, `0.25` or `off` as a retention in (0, 1]. Throws `invalid-argument`. */
export function parseRetention(text: string): number {
  if (text === "off") return 1;
  const match = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text);
  const value = match ? Number(match[1]) / (match[2] ? 100 : 1) : Number.NaN;
  if (!(value > 0 && value <= 1)) {
    throw bad("merge must be a share above 0 % and at most 100 %", text, "write 25%, 12.5%, 0.25 or off");
  }
  return value;
}

/** Reads `4..7` (or `4-7`, `4,7`) or `off`. Throws `invalid-argument`. */
export function parsePrune(text: string): PruneSettings | "off" {
  if (text === "off") return "off";
  const match = /^(\d{1,4})\s*(?:\.\.|-|,)\s*(\d{1,4})$/.exec(text);
  const firstLayer = Number(match?.[1]);
  const lastLayer = Number(match?.[2]);
  if (!match || lastLayer <= firstLayer) {
    throw bad("prune must be two layers, the first below the last", text, "write 14..22 or off; layers count from 0");
  }
  return { firstLayer, lastLayer };
}

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
