import type { Job, Results } from "../jobs.ts";
import { median } from "../measure/figure.ts";
import type { Setup } from "../setup.ts";
import { figure, percent, table, times, verdict } from "../table.ts";
import { machinePeak, peakGflops } from "./machine.ts";
import type { Stage } from "./stage.ts";

export const PRECISIONS = ["f32", "q8", "int8", "q4"] as const;
export type Recipe = (typeof PRECISIONS)[number];
const CASES = ["full", "merged", "AIM"] as const;
export type Reduction = (typeof CASES)[number];

/** Pooled tokens of a frame, and those that merging to a quarter leaves. */
const PER_FRAME = { full: 196, merged: 49 } as const;
const TARGETS = { ratio: 6.8, share: 0.95, int8: 2 };

export interface PrefillFigures {
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly loadMs: number;
  readonly restingMib: number;
  readonly peakMib: number;
  readonly flops: number;
  /** Read at every token: by the recipe's weights, and by the KV cache. */
  readonly weightBytes: number;
  readonly cacheBytes: number;
}

/** The LLM's prefill of 100 text tokens and the visual ones of `frames` frames, then some decoding. Those that take long are measured once. */
export function prefillJob(
  { model, options }: Setup,
  precision: Recipe,
  reduction: Reduction,
  frames = options.frames,
): Job<PrefillFigures> {
  const visual = frames * PER_FRAME[reduction === "full" ? "full" : "merged"];
  const seconds = 4 + (visual / 100) * (1 + visual / 10_000) * (precision === "f32" ? 1.4 : 1);
  const isLong = visual > 3000;
  return {
    id: `prefill ${precision} ${reduction} ${frames} frames`,
    script: "measure/prefill.ts",
    flags: [
      ...["--model", model, "--precision", precision, "--visual", String(visual), "--runs", isLong ? "1" : "2"],
      ...(reduction === "AIM" ? ["--prune"] : []),
    ],
    rounds: isLong ? 1 : options.rounds,
    seconds: isLong ? seconds : 2 * seconds,
  };
}

export const prefill: Stage = {
  name: "prefill",
  title: "LLM prefill",
  jobs: (setup) => PRECISIONS.flatMap((precision) => CASES.map((each) => prefillJob(setup, precision, each))),
  report(setup, results) {
    const peak = machinePeak(setup, results);
    const rows = PRECISIONS.map((precision) => {
      const [full, merged, aim] = CASES.map((each) => medians(results.of(prefillJob(setup, precision, each))));
      if (!full || !merged || !aim) return [precision];
      const ratio = full.prefillMs / aim.prefillMs;
      const share = ratio / (full.flops / aim.flops);
      const gflops = aim.flops / aim.prefillMs / 1e6;
      return [
        precision,
        ...[full, merged, aim].map(({ prefillMs }) => figure(prefillMs / 1000)),
        times(full.prefillMs / merged.prefillMs),
        times(ratio),
        share.toFixed(2),
        figure(gflops),
        percent(gflops / peakGflops(precision, peak)),
        `${[full, merged, aim].map(({ peakMib }) => figure(peakMib)).join(" / ")}`,
        verdict(ratio >= TARGETS.ratio && share >= TARGETS.share),
      ];
    });
    const header = [
      "precision",
      ...["full s", "merged s", "AIM s", "full / merged", "full / AIM", "of FLOPs ratio", "AIM GFLOP/s", "of peak"],
      ...["peak MiB above the model", `>= ${TARGETS.ratio}x and >= ${TARGETS.share}`],
    ];
    return `${table(header, rows)}\n\n${overF32(setup, results)}`;
  },
};

function overF32(setup: Setup, results: Results): string {
  const rows = CASES.map((each) => {
    const ms = (precision: Recipe) => medians(results.of(prefillJob(setup, precision, each)))?.prefillMs ?? Number.NaN;
    const ratio = (precision: Recipe) => ms("f32") / ms(precision);
    return [each, times(ratio("q8")), times(ratio("int8")), times(ratio("q4")), verdict(ratio("int8") >= TARGETS.int8)];
  });
  return table(["f32 over", "q8", "int8", "q4", `int8 >= ${TARGETS.int8}x`], rows);
}

/** By figure, the median over the rounds; undefined if there was none. */
export function medians<Figures extends object>(found: readonly Figures[]): Figures | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  const entries = Object.keys(first).map((name) => [
    name,
    median(found.map((figures) => Number(figures[name as keyof Figures]))),
  ]);
  return Object.fromEntries(entries) as Figures;
}
