import { axisX, axisY, dot, line, type PlotOptions, ruleY } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import { formatCount, formatShare } from "#core/units.ts";
import { Chart } from "../ui/chart.tsx";
import { Figure } from "../ui/figure.tsx";
import { type LayerLine, type NumberedRun, type OverlapLines, runTitle } from "./model.ts";
import { RunLine, runColour, runDash } from "./run-mark.tsx";

/** Visual tokens that enter each layer, a line each. */
export function TokensChart({ lines }: { lines: readonly LayerLine[] }): VNode {
  const most = Math.max(1, ...lines.flatMap(({ points }) => points.map(({ value }) => value)));
  return (
    <Figure name="comparison-tokens" title="Visual tokens by layer" note="Those that enter each layer of the LLM.">
      <LineChart label="Visual tokens by layer" lines={lines} most={most} format={formatCount} />
    </Figure>
  );
}

interface OverlapChartProps {
  readonly overlap: OverlapLines;
  readonly reference: NumberedRun;
}

/** How much the kept patches of each run are those of `reference`, layer by layer. */
export function OverlapChart({ overlap: { lines, missing }, reference }: OverlapChartProps): VNode {
  const note = `The patches that both keep, out of those that run ${reference.number} or the other one keeps (Jaccard index). A patch is kept at a layer
    if the token that it became part of enters it, so that runs with different merging can be compared. No line where neither keeps any.`;
  return (
    <Figure name="comparison-overlap" title={`Overlap with run ${reference.number}`} note={note}>
      {lines.length > 0 && <LineChart label="Overlap by layer" lines={lines} most={1} format={formatShare} />}
      {missing.map((why) => (
        <p key={why}>{why}</p>
      ))}
    </Figure>
  );
}

interface LineChartProps {
  readonly label: string;
  readonly lines: readonly LayerLine[];
  /** The end of the scale, which begins at 0. */
  readonly most: number;
  readonly format: (value: number) => string;
}

/** Layers between two ticks need so many pixels. */
const TICK_PX = 26;

function LineChart({ label, lines, most, format }: LineChartProps): VNode {
  const options = useCallback(
    (widthPx: number): PlotOptions => {
      const layers = 1 + Math.max(0, ...lines.flatMap(({ points }) => points.map(({ layer }) => layer)));
      const every = Math.ceil(layers / Math.floor((widthPx - 60) / TICK_PX));
      return {
        height: 180,
        marginLeft: 48,
        marginRight: 12,
        marginTop: 10,
        marginBottom: 34,
        x: { type: "linear", domain: [0, Math.max(1, layers - 1)] },
        y: { domain: [0, most], nice: true },
        marks: [
          axisY({ ticks: 4, tickFormat: format, label: null, tickSize: 0 }),
          axisX({
            ticks: Array.from({ length: layers }, (_, layer) => layer).filter((layer) => layer % every === 0),
            tickFormat: String,
            tickSize: 0,
            label: "layer",
            labelArrow: "none",
          }),
          ruleY([0], { stroke: "var(--rule-strong)" }),
          ...lines.flatMap(({ run: { number }, points }) => [
            line(points, {
              ...{ x: "layer", y: "value", stroke: runColour(number), strokeWidth: 2 },
              ...(runDash(number) && { strokeDasharray: runDash(number) }),
            }),
            dot(points, { x: "layer", y: "value", fill: runColour(number), r: 2.5 }),
          ]),
        ],
      };
    },
    [lines, most, format],
  );
  const words = lines.map(
    ({ run, points }) => `run ${run.number} ${points.map(({ value }) => format(value)).join(", ")}`,
  );
  return (
    <>
      <ul class="compare-key">
        {lines.map(({ run }) => (
          <li key={run.number}>
            <RunLine number={run.number} /> {runTitle(run)}
          </li>
        ))}
      </ul>
      <Chart label={`${label}: ${words.join("; ")}`} options={options} />
    </>
  );
}
