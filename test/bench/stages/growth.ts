import type { Results } from "../jobs.ts";
import type { Setup } from "../setup.ts";
import { figure, table } from "../table.ts";
import { exponent } from "./exponent.ts";
import { medians, prefillJob } from "./prefill.ts";
import { queryJob } from "./query.ts";
import type { Stage } from "./stage.ts";

const FRAMES = [8, 16, 32, 64, 128, 192] as const;
const QUICK_FRAMES = [8, 16] as const;
/** The tower is run on up to so many frames; longer videos are multiples of that. */
const VISION_MOST = 32;
/** What `auto` chooses for this model. */
const LLM_PRECISION = "q8";

const framesOf = ({ options }: Setup): readonly number[] => (options.isQuick ? QUICK_FRAMES : FRAMES);
const askedOf = (frames: number) => ({ method: "aim", precision: "auto", frames }) as const;

/** Time and memory as a video gets longer. */
export const growth: Stage = {
  name: "growth",
  title: "As frames grow (AIM, precision auto)",
  jobs: (setup) =>
    framesOf(setup).flatMap((frames) => [
      prefillJob(setup, LLM_PRECISION, "AIM", frames),
      ...(frames <= VISION_MOST ? [queryJob(setup, askedOf(frames))] : []),
    ]),
  report(setup, results) {
    const points = framesOf(setup).map((frames) => pointAt(setup, results, frames));
    const rows = points.map(({ frames, visionMs, isMultiplied, prefillMs, peakMib }) => [
      String(frames),
      `${figure(visionMs / 1000)}${isMultiplied ? " *" : ""}`,
      figure(prefillMs / 1000),
      figure(prefillMs / frames),
      figure(peakMib),
    ]);
    const header = ["frames", "vision s", "prefill s", "prefill ms a frame", "peak MiB of the LLM's process"];
    const measured = points.filter(({ isMultiplied }) => !isMultiplied);
    const visionGrowth = exponent(measured.map(({ frames, visionMs }) => [frames, visionMs]));
    const prefillGrowth = exponent(points.map(({ frames, prefillMs }) => [frames, prefillMs]));
    return [
      table(header, rows),
      `Time grows as frames to the power of ${visionGrowth.toFixed(2)} in vision and of ${prefillGrowth.toFixed(2)} in prefill (1 is linear).`,
      ...(points.some(({ isMultiplied }) => isMultiplied)
        ? [`\\* not run: ${VISION_MOST} frames multiplied. All prefills were run.`]
        : []),
    ].join("\n\n");
  },
};

function pointAt(setup: Setup, results: Results, frames: number) {
  const prefill = medians(results.of(prefillJob(setup, LLM_PRECISION, "AIM", frames)));
  const measured = Math.min(frames, VISION_MOST);
  const query = medians(results.of(queryJob(setup, askedOf(measured))));
  return {
    frames,
    visionMs: ((query?.visionMs ?? Number.NaN) * frames) / measured,
    isMultiplied: frames > measured,
    prefillMs: prefill?.prefillMs ?? Number.NaN,
    peakMib: (prefill?.restingMib ?? Number.NaN) + (prefill?.peakMib ?? Number.NaN),
  };
}
