import { finite, flag, list, object, optional, type Reader, text, whole, word } from "#core/json-reader.ts";
import { settingsText } from "#core/settings-text.ts";
import type { SharedRun } from "./run-file.ts";

/** What a list shows of a run; long texts are cut. */
export interface RunSummary {
  /** Of the record. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The user's name for it. */
  readonly name?: string;
  readonly isPinned: boolean;
  readonly question: string;
  readonly answer: string;
  readonly finish: "stop" | "length" | "cancelled";
  /** The notebook that asked, as a person would name it; absent where none did. */
  readonly notebook?: string;
  /** File names without folders. */
  readonly media: readonly string[];
  readonly model: string;
  /** Device and precision, as in `cpu f32`. */
  readonly device: string;
  readonly method: string;
  /** As in `merge 25%, prune 14..22`. */
  readonly settings: string;
  /** Visual tokens after the vision tower, into the LLM, into its last layer. */
  readonly visualTokens: readonly number[];
  /** Of LLM prefill, in the convention aim: TFLOPs, and how many times fewer than with all tokens. */
  readonly prefillTflops: number;
  readonly prefillRatio: number;
  readonly firstTokenMs: number;
  readonly totalMs: number;
}

/** A run of the history in a list. */
export interface RunEntry extends RunSummary {
  /** On disk. */
  readonly sizeBytes: number;
}

// Together they bound a summary, however much of it JSON has to escape: see SUMMARY_BYTES of the store.
const LONGEST_TEXT = 200;
const LONGEST_MEDIA_NAME = 80;
const MOST_MEDIA = 10;

const cut = (long: string, most = LONGEST_TEXT) => (long.length > most ? `${long.slice(0, most - 1)}…` : long);

/** What a list shows of a run. */
export function summaryOf({ record, name, notebook, isPinned }: SharedRun & Pick<RunSummary, "isPinned">): RunSummary {
  const { tokens, cost, timeMs } = record;
  const last = (tokens.perLayer.at(-1) ?? tokens.text) - tokens.text;
  return {
    id: record.id,
    startedAt: cut(record.startedAt),
    ...(name !== undefined && { name: cut(name) }),
    isPinned,
    question: cut(record.question),
    answer: cut(record.answer),
    finish: record.finish,
    ...(notebook !== undefined && { notebook: cut(notebook) }),
    media: record.media.slice(0, MOST_MEDIA).map((medium) => cut(medium.name, LONGEST_MEDIA_NAME)),
    model: cut(record.model.name),
    device: `${record.device} ${record.precision}`,
    method: record.settings.method,
    settings: cut(settingsText(record.settings)),
    visualTokens: [tokens.encoded, tokens.merged, last],
    prefillTflops: cost.aim.tflops,
    prefillRatio: cost.aim.ratio,
    firstTokenMs: timeMs.firstToken,
    totalMs: timeMs.total,
  };
}

const integer = whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

/** Reads what summaryOf gave. */
export const runSummary: Reader<RunSummary> = object<RunSummary>({
  id: text,
  startedAt: text,
  name: optional(text),
  isPinned: flag,
  question: text,
  answer: text,
  finish: word(["stop", "length", "cancelled"]),
  notebook: optional(text),
  media: list(text),
  model: text,
  device: text,
  method: text,
  settings: text,
  visualTokens: list(integer),
  prefillTflops: finite,
  prefillRatio: finite,
  firstTokenMs: finite,
  totalMs: finite,
});
