import { axisX, axisY, barY, type PlotOptions, ruleY, stackY, tickY } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import { flopsUnit, formatFlops, formatNumber } from "#core/units.ts";
import { Chart } from "../ui/chart.tsx";
import { Figure } from "../ui/figure.tsx";
import { type LayerGroup, type LayerRow, OPERATOR_GROUPS, type OperatorGroup } from "./layer-rows.ts";

interface LayerFigureProps {
  readonly groups: readonly LayerGroup[];
  readonly layers: readonly LayerRow[];
  readonly convention: string;
}

const COLOURS: Readonly<Record<OperatorGroup, string>> = {
  MLP: "var(--language-1)",
  projections: "var(--language-2)",
  attention: "var(--language-3)",
  ranking: "var(--reducing-1)",
  "norms and sums": "var(--seeing-2)",
};

/** FLOPs of every layer at prefill, by what they are spent on, under a line for the layer without cuts. */
export function LayerFigure({ groups, layers, convention }: LayerFigureProps): VNode {
  const options = useCallback((widthPx: number) => plotOptions(groups, layers, widthPx), [groups, layers]);
  const shown = OPERATOR_GROUPS.filter((name) => groups.some(({ group }) => group === name));
  const spoken = layers.map(({ layer, tflops }) => `${layer}: ${formatFlops(tflops)}`).join("; ");
  return (
    <Figure
      name={`flops-by-layer-${convention}`}
      title={`FLOPs by layer, convention ${convention}`}
      note="Prefill of the LLM. The dashed line is the same layer without merging and pruning."
    >
      <ul class="key">
        {shown.map((name) => (
          <li key={name}>
            <span class="swatch" style={{ background: COLOURS[name] }} />
            {name}
          </li>
        ))}
      </ul>
      <Chart label={`FLOPs by layer, convention ${convention}. ${spoken}`} options={options} />
    </Figure>
  );
}

const MARGIN_PX = 64;

function plotOptions(groups: readonly LayerGroup[], layers: readonly LayerRow[], widthPx: number): PlotOptions {
  const unit = flopsUnit(layers.flatMap(({ tflops, fullTflops }) => [tflops, fullTflops]));
  const every = Math.ceil(layers.length / Math.floor((widthPx - MARGIN_PX) / 26));
  const numbers = layers.map(({ layer }) => layer);
  return {
    height: 220,
    marginLeft: MARGIN_PX,
    marginRight: 0,
    marginTop: 22,
    marginBottom: 24,
    x: { type: "band", domain: numbers, paddingInner: 0.15, paddingOuter: 0.075 },
    y: { nice: true },
    marks: [
      axisY({
        ticks: 4,
        tickFormat: (tflops: number) => formatNumber(tflops * unit.perTflop),
        label: unit.name,
        labelArrow: "none",
        labelOffset: MARGIN_PX,
        tickSize: 0,
      }),
      axisX({ ticks: numbers.filter((layer) => layer % every === 0), tickSize: 0, label: null }),
      barY(groups, stackY({ x: "layer", y: "tflops", order: null, fill: ({ group }: LayerGroup) => COLOURS[group] })),
      tickY(layers, { x: "layer", y: "fullTflops", stroke: "var(--muted)", strokeDasharray: "3 3" }),
      ruleY([0], { stroke: "var(--rule-strong)" }),
    ],
  };
}
