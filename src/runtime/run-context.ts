import type { RunEvents } from "#core/progress.ts";

/** What every long piece of work gets along. */
export interface RunContext {
  readonly events: RunEvents;
  readonly signal: AbortSignal | undefined;
}
