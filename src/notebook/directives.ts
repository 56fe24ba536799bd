import { BUDGET_FORMS, BUDGET_HELP, type BudgetTarget, parseBudget } from "#core/budget-target.ts";
import { MOST_COMPARED } from "#core/comparison.ts";
import { AimError } from "#core/errors.ts";
import { MERGE_ORDERS, MERGE_WEIGHTINGS, parseRetention } from "#core/merge-settings.ts";
import { METHOD_NAMES, METHODS } from "#core/methods.ts";
import { PRECISIONS, type PrecisionName } from "#core/precision.ts";
import { type PruneSettings, parsePrune } from "#core/prune-settings.ts";
import { DEVICES, NUMBER_RULES, type NumberRule, parseNumber, parseTime, parseWord } from "#core/settings.ts";
import { parseSimilar, type VisionSettings } from "#core/vision-settings.ts";
import { sayColumn } from "./column.ts";
import { type Argument, type CellSettings, type Directive, row } from "./directive.ts";

function path(files: "image" | "video" | "model", placeholder: string, help: string): Argument<string> {
  return { placeholder, help, words: [], files, read: (text) => text };
}

function oneOf<Word extends string>(what: string, words: readonly Word[], help: string): Argument<Word> {
  return { placeholder: words.join("|"), help, words, read: (text) => parseWord(what, text, words) };
}

function number(rule: NumberRule, placeholder: string, help: string): Argument<number> {
  return { placeholder, help, words: [], read: (text) => parseNumber(text, rule) };
}

function time(placeholder: string, help: string): Argument<number> {
  return { placeholder, help, words: [], read: parseTime };
}

const MERGE: Argument<number> = {
  placeholder: "25%|off",
  help: "a share such as 25% or 0.25",
  words: ["off"],
  read: parseRetention,
};
const MERGE_OPTIONS = {
  order: oneOf("order", MERGE_ORDERS, "`spatial` restores the order of positions after merging"),
  weighting: oneOf("weighting", MERGE_WEIGHTINGS, "`size` weights tokens by how many patches they stand for"),
};
const SIMILAR: Argument<number> = {
  placeholder: "8|off",
  help: "how far a frame may differ from the last encoded one to take its features, in 8-bit levels",
  words: ["off"],
  read: parseSimilar,
};
const PRUNE: Argument<PruneSettings | "off"> = {
  placeholder: "L1..L2|L:50%|off",
  help: "two layers, or steps such as 8:50%,16:25%; layers count from 0",
  words: ["off"],
  read: parsePrune,
};
const VISION_OPTIONS = {
  merge: { ...MERGE, help: "the share of its tokens that is left at the tower's end" },
  similar: SIMILAR,
  precision: oneOf("precision", PRECISIONS, "a number format, for the tower alone"),
};
const BUDGET: Argument<BudgetTarget> = { placeholder: BUDGET_FORMS, help: BUDGET_HELP, words: [], read: parseBudget };

/** What a `%vision` line says over `base`. */
function saveInVision(
  base: Partial<VisionSettings>,
  said: { readonly merge?: number; readonly similar?: number; readonly precision?: PrecisionName },
): CellSettings {
  const { merge, similar, precision: visionPrecision = "auto" } = said;
  const vision = {
    ...base,
    ...(merge !== undefined && { retention: merge }),
    ...(similar !== undefined && { similar }),
  };
  return { patch: { vision }, visionPrecision }; // said even where it is not, since a line replaces the one above it wholly
}

/** Every directive of the cell language. To add one, add a row. */
export const DIRECTIVES: readonly Directive[] = [
  row({
    name: "image",
    help: "A picture to ask about. Several are allowed; they are shown to the model in their order.",
    example: "%image photos/kitchen.jpg",
    most: Number.POSITIVE_INFINITY,
    value: path("image", "PATH", "a picture, relative to the notebook"),
    settings: (path) => ({ media: [{ kind: "image", path }] }),
  }),
  row({
    name: "video",
    help: "A video to ask about, or the part of it from `start` to `end`. Several are allowed.",
    example: "%video clips/kitchen.mp4 frames=32 start=1:20 end=2:00",
    most: Number.POSITIVE_INFINITY,
    value: path("video", "PATH", "a video, relative to the notebook"),
    options: {
      frames: number(NUMBER_RULES.frames, "32", "how many frames to look at, evenly spaced"),
      start: time("1:20", "where to begin, as seconds or minutes:seconds"),
      end: time("2:00", "where to end, as seconds or minutes:seconds"),
    },
    settings: (path, options) => {
      const { start = 0, end = Number.POSITIVE_INFINITY } = options;
      if (end <= start) {
        throw new AimError("invalid-argument", `end must be after start, got ${start} s to ${end} s`, {
          hint: "start and end both count from the beginning of the video",
        });
      }
      return { media: [{ kind: "video", path, ...options }] };
    },
  }),
  row({
    name: "frames",
    help: "How many frames to look at in each video that does not say its own `frames=`.",
    example: "%frames 16",
    value: number(NUMBER_RULES.frames, "32", "frames of a video, evenly spaced"),
    settings: (frames) => ({ patch: { frames } }),
  }),
  row({
    name: "model",
    help: "The model that answers: a name, or a folder with a checkpoint.",
    example: "%model models/llava-onevision-7b",
    value: path("model", "NAME-or-PATH", "a model"),
    settings: (model) => ({ model }),
  }),
  row({
    name: "device",
    help: "Where the model runs. `auto` takes the fastest device that works.",
    example: "%device webgpu",
    value: oneOf("device", DEVICES, "a device"),
    settings: (device) => ({ device }),
  }),
  row({
    name: "precision",
    help: "How weights are held: `f32` is exact, `q8` and `int8` are smaller and less exact.",
    example: "%precision q8",
    value: oneOf("precision", PRECISIONS, "a number format"),
    settings: (precision) => ({ precision }),
  }),
  row({
    name: "vision",
    help: "What is saved in the vision tower: similar tokens merge inside it, frames like the last encoded one take its features, weights are held in another precision. `off` saves nothing.",
    example: "%vision merge=25% similar=8",
    value: oneOf("vision setting", ["off"], "every token of every frame"),
    options: VISION_OPTIONS,
    settings: (_, options) => saveInVision({ retention: 1, similar: 0 }, options),
    settingsWithoutValue: (options) => saveInVision({}, options),
  }),
  row({
    name: "method",
    help: `How visual tokens are cut: ${METHODS.map(({ name, help }) => `\`${name}\` ${help}`).join("; ")}.`,
    example: "%method full",
    value: oneOf("method", METHOD_NAMES, "a method"),
    settings: (method) => ({ patch: { method } }),
  }),
  row({
    name: "merge",
    help: "The share of each frame's tokens that is left after similar ones were merged, before the language model.",
    example: "%merge 25% order=spatial",
    value: MERGE,
    options: MERGE_OPTIONS,
    settings: (retention, options) => ({ patch: { merge: { retention, ...options } } }),
  }),
  row({
    name: "prune",
    help: "Inside the language model: the layer after which the first visual tokens go, and the first layer that none enters; or the share that is left after certain layers, `2:50%`.",
    example: "%prune 14..22",
    value: PRUNE,
    settings: (prune) => ({ patch: { prune } }),
  }),
  row({
    name: "budget",
    help: "A limit instead of `%merge` and `%prune`: FLOPs of LLM prefill (convention aim), or seconds to the first token. They are chosen as mildly as it allows: merging down to 25 %, then pruning ever earlier, then merging more.",
    example: "%budget 7x",
    value: BUDGET,
    settings: (budget) => ({ patch: { budget } }),
  }),
  row({
    name: "compare",
    help: "Asks the question under several settings and shows the answers side by side: one line a column, each with what differs from the cell's own settings. A lone one is compared with these.",
    example: "%compare aim merge=25% prune=14..22",
    most: MOST_COMPARED,
    value: { ...oneOf("method", METHOD_NAMES, "a method"), placeholder: "METHOD" },
    options: {
      merge: MERGE,
      ...MERGE_OPTIONS,
      prune: PRUNE,
      budget: BUDGET,
      frames: number(NUMBER_RULES.frames, "32", "how many frames of each video to look at"),
      precision: oneOf("precision", PRECISIONS, "a number format"),
      vision_merge: VISION_OPTIONS.merge,
      similar: SIMILAR,
      vision_precision: VISION_OPTIONS.precision,
    },
    settings: (method, options) => ({ column: sayColumn({ method, ...options }) }),
    settingsWithoutValue: (options) => ({ column: sayColumn(options) }),
  }),
  row({
    name: "max_tokens",
    help: "The longest answer, in tokens.",
    example: "%max_tokens 256",
    value: number(NUMBER_RULES.maxTokens, "256", "tokens"),
    settings: (maxTokens) => ({ patch: { maxTokens } }),
  }),
  row({
    name: "temperature",
    help: "How freely the next token is chosen. 0 always takes the likeliest.",
    example: "%temperature 0.7",
    value: number(NUMBER_RULES.temperature, "0", "0 or more"),
    settings: (temperature) => ({ patch: { temperature } }),
  }),
  row({
    name: "top_p",
    help: "Above temperature 0: choose among the likeliest tokens that together have this probability.",
    example: "%top_p 0.9",
    value: number(NUMBER_RULES.topP, "0.9", "a probability"),
    settings: (topP) => ({ patch: { topP } }),
  }),
  row({
    name: "seed",
    help: "Above temperature 0: the same seed gives the same answer.",
    example: "%seed 7",
    value: number(NUMBER_RULES.seed, "0", "a whole number"),
    settings: (seed) => ({ patch: { seed } }),
  }),
];
