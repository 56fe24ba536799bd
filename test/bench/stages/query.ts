import type { Job } from "../jobs.ts";
import type { Setup } from "../setup.ts";
import { figure, table, times, verdict } from "../table.ts";
import { medians } from "./prefill.ts";
import type { Stage } from "./stage.ts";

const TARGETS = { first: 5, second: 15 };

/** Milliseconds; `first` and `second` are two questions about one video, from the question to the first token, graphs being open. */
export interface QueryFigures {
  readonly firstMs: number;
  readonly mediaMs: number;
  readonly visionMs: number;
  readonly mergeMs: number;
  readonly prefillMs: number;
  readonly secondMs: number;
  /** Of the vision tower, its projector and pooling, all frames. */
  readonly visionFlops: number;
  readonly peakMib: number;
}

/** How a question is asked. */
export interface Asked {
  readonly method: "full" | "aim";
  readonly precision: string;
  /** The share of tokens that is left in the tower; 1 unless given. */
  readonly towerRetention?: number;
  readonly frames?: number;
}

/** Asks about the clip. What takes minutes is measured once. */
export function queryJob({ model, clip, options }: Setup, asked: Asked): Job<QueryFigures> {
  const { method, precision, towerRetention = 1, frames = options.frames } = asked;
  const flags = { model, video: clip, frames, method, precision, towerRetention };
  const seconds = 8 + frames * ((precision === "f32" ? 2.5 : 1) + (method === "full" ? 2 : 0.1));
  return {
    id: `query ${method} ${precision}${towerRetention < 1 ? ` tower ${towerRetention}` : ""} ${frames} frames`,
    script: "measure/query.ts",
    flags: Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    rounds: seconds > 100 ? 1 : options.rounds,
    seconds,
  };
}

const BASELINE: Asked = { method: "full", precision: "f32" };
const VARIANTS: Readonly<Record<string, Asked>> = {
  "every token, f32": BASELINE,
  "AIM, auto (tower int8, LLM q8)": { method: "aim", precision: "auto" },
  "AIM, int8": { method: "aim", precision: "int8" },
  "AIM, int8, vision merge=50%": { method: "aim", precision: "int8", towerRetention: 0.5 },
  "AIM, int8, vision merge=25%": { method: "aim", precision: "int8", towerRetention: 0.25 },
};

/** From a question about a video file to the first token of its answer, and again for a second question about the same file. */
export const query: Stage = {
  name: "query",
  title: "Whole query: from the question to the first token",
  jobs: (setup) => Object.values(VARIANTS).map((asked) => queryJob(setup, asked)),
  report(setup, results) {
    const baselineMs = medians(results.of(queryJob(setup, BASELINE)))?.firstMs ?? Number.NaN;
    const rows = Object.entries(VARIANTS).map(([name, asked]) => {
      const figures = medians(results.of(queryJob(setup, asked)));
      if (!figures) return [name];
      const { firstMs, mediaMs, visionMs, mergeMs, prefillMs, secondMs, peakMib } = figures;
      const [first, second] = [baselineMs / firstMs, baselineMs / secondMs];
      return [
        name,
        ...[mediaMs, visionMs, mergeMs, prefillMs, firstMs].map((ms) => figure(ms / 1000)),
        times(first),
        figure(secondMs / 1000),
        times(second),
        figure(peakMib),
        asked === BASELINE ? "" : `${verdict(first >= TARGETS.first)}, ${verdict(second >= TARGETS.second)}`,
      ];
    });
    const header = ["", "media s", "vision s", "merge s", "prefill s", "first token s", "gain", "second question s"];
    return table([...header, "gain", "peak MiB", `>= ${TARGETS.first}x, >= ${TARGETS.second}x`], rows);
  },
};
