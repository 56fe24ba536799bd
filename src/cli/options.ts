import { resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { checkBudget } from "#core/budget-rules.ts";
import { parseBudget } from "#core/budget-target.ts";
import { AimError } from "#core/errors.ts";
import { MERGE_ORDERS, MERGE_WEIGHTINGS, parseRetention } from "#core/merge-settings.ts";
import { METHOD_NAMES, METHODS } from "#core/methods.ts";
import { PRECISIONS } from "#core/precision.ts";
import { parsePrune } from "#core/prune-settings.ts";
import {
  DEVICES,
  type MediaReference,
  NUMBER_RULES,
  parseNumber,
  parseTime,
  parseWord,
  type SettingsPatch,
} from "#core/settings.ts";
import { parseSimilar } from "#core/vision-settings.ts";
import type { SaidColumn } from "#notebook/column.ts";
import { splitDirective } from "#notebook/line.ts";
import { type CellDirective, readDirective } from "#notebook/read-directive.ts";
import type { EngineOptions } from "#runtime/engine.ts";

type OptionTable = NonNullable<ParseArgsConfig["options"]>;

/** Flags that choose model and settings, the same wherever something is asked. */
export const SETTING_OPTIONS = {
  model: { type: "string" },
  device: { type: "string" },
  precision: { type: "string" },
  "vision-precision": { type: "string" },
  "vision-merge": { type: "string" },
  "similar-frames": { type: "string" },
  method: { type: "string" },
  merge: { type: "string" },
  "merge-order": { type: "string" },
  "merge-weighting": { type: "string" },
  prune: { type: "string" },
  budget: { type: "string" },
  frames: { type: "string" },
  "max-tokens": { type: "string" },
  temperature: { type: "string" },
  "top-p": { type: "string" },
  seed: { type: "string" },
  "no-cache": { type: "boolean" },
} as const satisfies OptionTable;

export const SETTINGS_HELP = `
  --model DIR            a Hugging Face checkpoint folder (default: the embedded demo model)
  --device D             auto, cpu, webgpu or cuda (default auto)
  --precision P          ${PRECISIONS.slice(0, -1).join(", ")} or ${PRECISIONS.at(-1)} (default auto: f32 for small models, 8 bits for large ones)
  --vision-precision P   of the vision tower alone, as --precision (default: by --precision)
  --vision-merge 25%     tokens that are left at the end of the vision tower, similar ones having merged inside it, or off
  --similar-frames 8     frames that differ from the last encoded one by at most so many 8-bit levels take its features, or off
  --method M             how visual tokens are cut (default ${METHOD_NAMES[0]}):
${METHODS.map(({ name, help }) => `                         ${name.padEnd(11)} ${help}`).join("\n")}
  --merge 25%            visual tokens of each frame that enter the LLM, or off
  --merge-order O        ${MERGE_ORDERS.join(" or ")}; --merge-weighting ${MERGE_WEIGHTINGS.join(" or ")}
  --prune 14..22         layer after which visual tokens begin to be dropped .. layer that none enters; steps, such as 2:50% or
                         8:50%,16:25% (layer after which : share that is left); or off
  --budget 7x            merge and prune as mildly as a limit allows, instead of --merge and --prune: 15T (500G, 20M) FLOPs of LLM prefill,
                         7x times fewer of them than with all tokens (both by convention aim), or 2s seconds to the first token
  --frames N             frames taken from a video
  --max-tokens N         longest answer
  --temperature T        0 is greedy (default); --top-p P, --seed N with it
  --no-cache             keep neither encoded frames nor measured speeds on disk

What is left out comes from the model's preset.`;

/** Values by flag, as parseArgs gives them. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

export interface ParsedArgs {
  readonly values: Values;
  readonly positionals: readonly string[];
  /** Flags and values in the order given. */
  readonly ordered: readonly { readonly name: string; readonly value: string | undefined }[];
}

/** Parses a command's arguments. Throws `invalid-argument` for what it does not know. */
export function parseCommandArgs(command: string, args: readonly string[], options: OptionTable): ParsedArgs {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true, tokens: true });
    const ordered = parsed.tokens.flatMap((token) =>
      token.kind === "option" ? [{ name: token.name, value: token.value }] : [],
    );
    return { values: parsed.values, positionals: parsed.positionals, ordered };
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split(". To specify")[0] ?? "") : String(cause);
    throw new AimError("invalid-argument", lowerFirst(message), {
      hint: `aim ${command} --help lists the options`,
      cause,
    });
  }
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** The value of a flag that takes one. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

export function isSet(values: Values, name: string): boolean {
  return values[name] === true;
}

/** What the flags say about a run. Throws `invalid-argument`. */
export function settingsPatch(values: Values): SettingsPatch {
  const read = <Value>(name: string, parse: (text: string) => Value) => {
    const value = text(values, name);
    return value === undefined ? undefined : parse(value);
  };
  const merge = defined({
    retention: read("merge", parseRetention),
    order: read("merge-order", (word) => parseWord("merge order", word, MERGE_ORDERS)),
    weighting: read("merge-weighting", (word) => parseWord("merge weighting", word, MERGE_WEIGHTINGS)),
  });
  const vision = defined({
    retention: read("vision-merge", parseRetention),
    similar: read("similar-frames", parseSimilar),
  });
  const patch = defined({
    method: read("method", (word) => parseWord("method", word, METHOD_NAMES)),
    merge: Object.keys(merge).length > 0 ? merge : undefined,
    prune: read("prune", parsePrune),
    budget: read("budget", parseBudget),
    vision: Object.keys(vision).length > 0 ? vision : undefined,
    frames: read("frames", (value) => parseNumber(value, NUMBER_RULES.frames)),
    maxTokens: read("max-tokens", (value) => parseNumber(value, NUMBER_RULES.maxTokens)),
    temperature: read("temperature", (value) => parseNumber(value, NUMBER_RULES.temperature)),
    topP: read("top-p", (value) => parseNumber(value, NUMBER_RULES.topP)),
    seed: read("seed", (value) => parseNumber(value, NUMBER_RULES.seed)),
  });
  checkBudget(patch, (word) => `--${word}`);
  return patch;
}

/** How the flags want the engine. Throws `invalid-argument`. */
export function engineOptions(values: Values): EngineOptions {
  const device = text(values, "device");
  const precision = text(values, "precision");
  const visionPrecision = text(values, "vision-precision");
  return defined({
    device: device === undefined ? undefined : parseWord("device", device, DEVICES),
    precision: precision === undefined ? undefined : parseWord("precision", precision, PRECISIONS),
    visionPrecision:
      visionPrecision === undefined ? undefined : parseWord("vision precision", visionPrecision, PRECISIONS),
    hasDiskCache: isSet(values, "no-cache") ? false : undefined,
  });
}

/** What `--compare` says, each as behind `%compare` in a cell. Throws `invalid-argument`. */
export function comparedColumns({ ordered }: ParsedArgs): SaidColumn[] {
  const lines = ordered.filter(({ name }) => name === "compare").map(({ value = "" }) => `%compare ${value}`);
  const said: CellDirective[] = [];
  for (const [index, line] of lines.entries()) {
    const directive = readDirective(splitDirective(line, index), said);
    const [error] = directive.errors;
    if (error) throw new AimError("invalid-argument", error.message, { ...(error.hint && { hint: error.hint }) });
    said.push(directive);
  }
  return said.flatMap(({ settings }) => settings.column ?? []);
}

/** The media that the flags name, in their order. Throws `invalid-argument`. */
export function mediaReferences({ values, ordered }: ParsedArgs): MediaReference[] {
  const start = text(values, "start");
  const end = text(values, "end");
  const video = defined({
    start: start === undefined ? undefined : parseTime(start),
    end: end === undefined ? undefined : parseTime(end),
  });
  if (video.start !== undefined && video.end !== undefined && video.end <= video.start) {
    throw new AimError("invalid-argument", `the end (${end}) must come after the start (${start})`, {
      hint: "write --start 1:20 --end 2:00",
    });
  }
  return ordered.flatMap(({ name, value = "" }): MediaReference[] => {
    if (name === "image") return [{ kind: "image", path: resolve(value) }];
    return name === "video" ? [{ kind: "video", path: resolve(value), ...video }] : [];
  });
}

/** `object` without the properties that are undefined. */
function defined<Shape extends object>(object: Shape): { [Key in keyof Shape]?: Exclude<Shape[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Shape]?: Exclude<Shape[Key], undefined>;
  };
}
