import { axisY, barX, type PlotOptions, stackX, text } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import { formatFlops, formatTimes } from "#core/units.ts";
import { Chart } from "./chart.tsx";
import type { Segment } from "./stages.ts";

interface ConventionBarsProps {
  readonly name: string;
  /** What the convention counts. */
  readonly counts: string;
  readonly tflops: number;
  readonly fullTflops: number;
  /** The pieces of `tflops`, at least one. */
  readonly segments: readonly Pick<Segment, "value" | "colour">[];
  /** The end of the scale in TFLOPs, shared by bars that are to be compared. */
  readonly most: number;
}

const FULL = "full";
const RUN = "this run";

/** A run beside itself without merging and pruning, under one convention of counting FLOPs. */
export function ConventionBars({ name, counts, tflops, fullTflops, segments, most }: ConventionBarsProps): VNode {
  const options = useCallback(
    (): PlotOptions => ({
      height: 52,
      marginTop: 0,
      marginBottom: 0,
      marginLeft: 56,
      marginRight: 96,
      x: { type: "linear", domain: [0, most], axis: null },
      y: { domain: [FULL, RUN], padding: 0.2 },
      marks: [
        axisY({ tickSize: 0, label: null }),
        barX([fullTflops], { x: (value: number) => value, y: () => FULL, fill: "var(--seeing-3)" }),
        barX(segments, stackX({ x: "value", y: () => RUN, fill: "colour", order: null })),
        text([fullTflops], {
          x: (value: number) => value,
          y: () => FULL,
          text: (value: number) => formatFlops(value),
          textAnchor: "start",
          dx: 6,
        }),
        text([tflops], {
          x: (value: number) => value,
          y: () => RUN,
          text: (value: number) => formatFlops(value),
          textAnchor: "start",
          dx: 6,
        }),
      ],
    }),
    [tflops, fullTflops, segments, most],
  );
  const ratio = `${formatTimes(fullTflops / tflops)} fewer`;
  return (
    <div class="convention">
      <p>
        <strong>{name}</strong> <span class="ratio">{ratio}</span>
        <span class="counts">{counts}</span>
      </p>
      <Chart label={`${name}: ${formatFlops(tflops)}, full ${formatFlops(fullTflops)}, ${ratio}`} options={options} />
    </div>
  );
}
