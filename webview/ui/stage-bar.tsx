import { barX, type PlotOptions, ruleX, stackX } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import { Chart } from "./chart.tsx";
import { StageLegend } from "./stage-legend.tsx";
import type { Segment } from "./stages.ts";

interface StageBarProps {
  readonly label: string;
  readonly segments: readonly Segment[];
  /** A place on the bar to point out, in the unit of the segments. */
  readonly mark?: number;
}

/** One stacked bar, and under it its legend. */
export function StageBar({ label, segments, mark }: StageBarProps): VNode {
  const options = useCallback(
    (): PlotOptions => ({
      height: 34,
      margin: 0,
      marginTop: 4,
      marginBottom: 4,
      axis: null,
      x: { type: "linear" },
      marks: [
        barX(segments, stackX({ x: "value", fill: "colour", order: null, insetLeft: 0.5, insetRight: 0.5 })),
        mark === undefined
          ? null
          : ruleX([mark], { stroke: "var(--ink)", strokeWidth: 2, insetTop: -4, insetBottom: -4 }),
      ],
    }),
    [segments, mark],
  );
  return (
    <>
      <Chart
        label={`${label}: ${segments.map((segment) => `${segment.label} ${segment.text}`).join(", ")}`}
        options={options}
      />
      <StageLegend label={label} segments={segments} />
    </>
  );
}
