import { flag, object, optional } from "#core/json-reader.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";
import { askRequest } from "./request-reader.ts";
import { type RunSummary, runSummary, summaryOf } from "./run-entry.ts";
import { parseJson, type SharedRun, sharedRun, sharedToJson } from "./run-file.ts";

/** A run as the history keeps it. */
export interface StoredRun extends SharedRun {
  /** A pinned run is never removed to make room. */
  readonly isPinned: boolean;
  /** As it was asked on this machine; runs from elsewhere cannot be asked again. */
  readonly request?: AskRequest;
}

/**
 * A file of the history: two lines of JSON. The second is the run; the first is what lists show of it, so that a list of thousands reads
 * a few kilobytes of each. Both are written at once, so that they cannot disagree.
 */
export function storedText(run: StoredRun): string {
  const { isPinned, request } = run;
  const body = { ...sharedToJson(run), isPinned, ...(request && { request }) };
  return `${JSON.stringify(summaryOf(run))}\n${JSON.stringify(body)}\n`;
}

const ownPart = object<Pick<StoredRun, "isPinned" | "request">>({ isPinned: flag, request: optional(askRequest) });

/** Reads what storedText made, whatever its first line is. Throws `invalid-argument` with what is wrong. */
export function readStored(content: string): StoredRun {
  const body = parseJson(content.slice(content.indexOf("\n") + 1));
  return { ...sharedRun(body, "run"), ...ownPart(body, "run") };
}

/** Reads the first line of a file of the history, of which `start` is the first part. Throws `invalid-argument` if it is not whole. */
export function readSummary(start: string): RunSummary {
  return runSummary(parseJson(start.slice(0, start.indexOf("\n") + 1)), "summary");
}
