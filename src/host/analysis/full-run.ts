import { progressEvents } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";
import type { Kernel } from "../kernel.ts";
import { cellOfRun } from "../notebook/run-cell.ts";
import type { RunHistory } from "../run-history.ts";

interface FullRunOptions {
  readonly history: RunHistory;
  readonly kernel: Kernel;
  /** How to ask `record` again. */
  readonly request: AskRequest;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The id of a run of the same question without merging and pruning: one of the history, or a new one. */
export async function fullRunOf(record: RunRecord, options: FullRunOptions): Promise<string> {
  const { history, kernel, request, onProgress, signal } = options;
  for (const { id, method, question, finish } of await history.list()) {
    if (method !== "full" || question !== record.question || finish === "cancelled") continue;
    const known = await history.read(id);
    if (isSame(known.record, record) && isSameMedia(known.request, request)) return id;
  }
  const { budget: _, ...settings } = request.settings;
  const full = await kernel.ask(
    { ...request, settings: { ...settings, method: "full", merge: { retention: 1 }, prune: "off" } },
    progressEvents(onProgress),
    signal,
    cellOfRun(record.id)?.notebook.uri,
  );
  return full.id;
}

/** Whether two runs differ in nothing but what was cut. */
function isSame(full: RunRecord, record: RunRecord): boolean {
  const rest = ({ model, device, precision, settings }: RunRecord) => {
    const { method, merge, prune, ...others } = settings;
    return JSON.stringify([model.name, device, precision, others]);
  };
  return rest(full) === rest(record);
}

const isSameMedia = (one: AskRequest | undefined, other: AskRequest) =>
  JSON.stringify(one?.media) === JSON.stringify(other.media);
