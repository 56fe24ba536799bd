import { axisX, axisY, dot, line, type PlotOptions, text } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import type { Accelerator } from "#core/cost/accelerators.ts";
import { formatBytes, formatNumber } from "#core/units.ts";
import { Chart } from "../ui/chart.tsx";
import { Figure } from "../ui/figure.tsx";
import type { RoofPoint } from "./roof-points.ts";
import { formatSpeed } from "./tables.ts";

interface RooflineFigureProps {
  readonly points: readonly RoofPoint[];
  readonly accelerator: Accelerator;
}

/** What a machine allows at every intensity, and where the operators and the measured stages of a run lie. */
export function RooflineFigure({ points, accelerator }: RooflineFigureProps): VNode {
  const options = useCallback(() => plotOptions(points, accelerator), [points, accelerator]);
  const { name, flopsPerSecond, bytesPerSecond } = accelerator;
  const spoken = points.map(
    ({ label, kind, intensity, flopsPerSecond: reached }) =>
      `${label}${kind === "measured" ? ", measured" : ""}: ${formatNumber(intensity)} FLOPs a byte, ${formatSpeed(reached)}`,
  );
  return (
    <Figure
      name={`roofline-${accelerator.id}`}
      title={`Roofline: ${name}`}
      note={`At most ${formatSpeed(flopsPerSecond)} and ${formatBytes(bytesPerSecond)}/s: left of the bend, memory decides. Rings are operators on the roof, dots the stages as measured in this run.`}
    >
      <Chart label={`Roofline: ${name}. ${spoken.join("; ")}`} options={options} />
    </Figure>
  );
}

function plotOptions(points: readonly RoofPoint[], { flopsPerSecond, bytesPerSecond }: Accelerator): PlotOptions {
  const bend = flopsPerSecond / bytesPerSecond;
  const intensities = [bend, ...points.map(({ intensity }) => intensity)];
  const [least, most] = [Math.min(...intensities) / 2, Math.max(...intensities) * 2];
  const roof = [least, bend, most].map((intensity) => ({
    intensity,
    allowed: Math.min(flopsPerSecond, intensity * bytesPerSecond),
  }));
  const speeds = [...roof.map(({ allowed }) => allowed), ...points.map((point) => point.flopsPerSecond)];
  const measured = points.filter(({ kind }) => kind === "measured");
  const operators = points.filter(({ kind }) => kind === "operator");
  const place = { x: "intensity", y: "flopsPerSecond" } as const;
  return {
    height: 280,
    marginLeft: 72,
    marginRight: 16,
    marginTop: 24,
    marginBottom: 40,
    x: { type: "log", domain: [least, most] },
    y: { type: "log", domain: [Math.min(...speeds) / 2, Math.max(...speeds) * 2] },
    marks: [
      axisX({ ticks: 5, tickFormat: formatNumber, tickSize: 3, label: "FLOPs a byte", labelArrow: "none" }),
      axisY({
        ticks: 4,
        tickSize: 3,
        tickFormat: (value: number) => formatSpeed(value).replace("FLOP/s", ""),
        label: "FLOP/s",
        labelArrow: "none",
        labelOffset: 68,
      }),
      line(roof, { x: "intensity", y: "allowed", stroke: "var(--muted)", strokeWidth: 1.5 }),
      dot(operators, { ...place, r: 3.5, stroke: "var(--language-1)", strokeOpacity: 0.8 }),
      dot(measured, { ...place, r: 4.5, fill: "var(--reducing-1)", stroke: "var(--paper)" }),
      text(measured, {
        ...place,
        text: "label",
        dy: 13,
        fill: "var(--ink)",
        stroke: "var(--paper)",
        strokeWidth: 4,
      }),
    ],
  };
}
