import type { Job } from "../jobs.ts";
import type { Setup } from "../setup.ts";
import { figure, table } from "../table.ts";
import { medians } from "./prefill.ts";
import type { Stage } from "./stage.ts";

interface ColdStartFigures {
  readonly firstTokenMs: number;
  readonly totalMs: number;
}

function coldStartJob({ options }: Setup): Job<ColdStartFigures> {
  return {
    id: "cold start",
    script: "measure/cold-start.ts",
    flags: [],
    rounds: Math.max(2, options.rounds),
    seconds: 3,
  };
}

/** The embedded model, from the start of a process that knows nothing yet. */
export const coldStart: Stage = {
  name: "cold-start",
  title: "Cold start: `aim ask` on a clip of 10 s, embedded model",
  jobs: (setup) => [coldStartJob(setup)],
  report(setup, results) {
    const found = medians(results.of(coldStartJob(setup)));
    if (!found) return "";
    return table(["first token s", "end s"], [[found.firstTokenMs, found.totalMs].map((ms) => figure(ms / 1000))]);
  },
};
