import { axisY, barX, type PlotOptions, text } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback, useMemo } from "preact/hooks";
import { Chart } from "../ui/chart.tsx";
import { Figure } from "../ui/figure.tsx";
import { type Measure, type MeasureBar, type NumberedRun, runMeasures } from "./model.ts";
import { runColour } from "./run-mark.tsx";

const ROW_PX = 24;

/** What the runs needed, a bar each. */
export function MeasureBars({ runs }: { runs: readonly NumberedRun[] }): VNode {
  const { measures, note = "" } = useMemo(() => runMeasures(runs), [runs]);
  return (
    <Figure
      name="comparison-cost"
      title="What it took"
      note={`The muted start of each bar: media and the vision tower. ${note}`}
    >
      <div class="compare-measures">
        {measures.map((measure) => (
          <Bars key={measure.title} measure={measure} />
        ))}
      </div>
    </Figure>
  );
}

const runName = ({ run }: MeasureBar) => `Run ${run.number}`;
const end = ({ seeing, rest }: MeasureBar) => seeing + rest;

function Bars({ measure: { title, bars } }: { measure: Measure }): VNode {
  const options = useCallback(
    (): PlotOptions => ({
      height: bars.length * ROW_PX,
      marginTop: 0,
      marginBottom: 0,
      marginLeft: 44,
      marginRight: 92,
      x: { type: "linear", domain: [0, Math.max(...bars.map(end), Number.MIN_VALUE)], axis: null },
      y: { domain: bars.map(runName), padding: 0.3 },
      marks: [
        axisY({ tickSize: 0, label: null }),
        barX(bars, { x1: 0, x2: "seeing", y: runName, fill: "var(--seeing-3)" }),
        barX(bars, { x1: "seeing", x2: end, y: runName, fill: ({ run }: MeasureBar) => runColour(run.number) }),
        text(bars, { x: end, y: runName, text: "text", textAnchor: "start", dx: 6 }),
      ],
    }),
    [bars],
  );
  const label = `${title}: ${bars.map((bar) => `${runName(bar)} ${bar.text}`).join(", ")}`;
  return (
    <div>
      <h4>{title}</h4>
      <Chart label={label} options={options} />
    </div>
  );
}
