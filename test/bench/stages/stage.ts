import type { Job, Results } from "../jobs.ts";
import type { StageName } from "../options.ts";
import type { Setup } from "../setup.ts";

/** One part of the bench: what it measures, and what it says of the figures, in Markdown. */
export interface Stage {
  readonly name: StageName | "machine" | "peers";
  readonly title: string;
  jobs(setup: Setup): readonly Job<unknown>[];
  report(setup: Setup, results: Results): string;
}
