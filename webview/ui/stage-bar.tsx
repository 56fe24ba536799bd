import { barX, type PlotOptions, ruleX, stackX } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import { Chart } from "./chart.tsx";
import type { Segment } from "./stages.ts";

interface StageBarProps {
  readonly label: string;
  readonly segments: readonly Segment[];
  /** A place on the bar to point out, in the unit of the segments. */
  readonly mark?: number;
}

/** One stacked bar, and under it a table that names every stage: colour is never the only way to tell. */
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
      <table class="legend">
        <caption class="unseen">{label}</caption>
        <tbody>
          {segments.map((segment) => (
            <tr key={segment.label}>
              <th scope="row">
                <span class="swatch" style={{ background: segment.colour }} />
                {segment.label}
              </th>
              <td>{segment.text}</td>
              <td class="share">{segment.share}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
