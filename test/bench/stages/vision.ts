import { figure, percent, table, times, verdict } from "../table.ts";
import { machinePeak, peakGflops } from "./machine.ts";
import { medians } from "./prefill.ts";
import { type Asked, queryJob } from "./query.ts";
import type { Stage } from "./stage.ts";

const INT8_TARGET = 2;
/** More frames than this say nothing new of one. */
const FRAMES = 4;

const asked = (precision: string, towerRetention = 1): Asked => ({
  method: "aim",
  precision,
  towerRetention,
  frames: FRAMES,
});
const VARIANTS: Readonly<Record<string, Asked>> = {
  f32: asked("f32"),
  q8: asked("q8"),
  int8: asked("int8"),
  "int8, merge=50%": asked("int8", 0.5),
  "int8, merge=25%": asked("int8", 0.25),
};

/** The tower and its projector, as a query runs them. */
export const vision: Stage = {
  name: "vision",
  title: "Vision tower, one frame",
  jobs: (setup) => Object.values(VARIANTS).map((variant) => queryJob(setup, variant)),
  report(setup, results) {
    const peak = machinePeak(setup, results);
    const found = Object.entries(VARIANTS).map(([name, variant]) => {
      const figures = medians(results.of(queryJob(setup, variant)));
      const frameMs = (figures?.visionMs ?? Number.NaN) / FRAMES;
      const gflops = (figures?.visionFlops ?? Number.NaN) / FRAMES / frameMs / 1e6;
      return { name, frameMs, gflops, ofPeak: gflops / peakGflops(variant.precision, peak) };
    });
    const f32Ms = found[0]?.frameMs ?? Number.NaN;
    const rows = found.map(({ name, frameMs, gflops, ofPeak }) => [
      name,
      figure(frameMs),
      times(f32Ms / frameMs),
      figure(gflops),
      percent(ofPeak),
      name === "int8" ? verdict(f32Ms / frameMs >= INT8_TARGET) : "",
    ]);
    return table(["", "ms a frame", "gain", "GFLOP/s", "of peak", `>= ${INT8_TARGET}x`], rows);
  },
};
