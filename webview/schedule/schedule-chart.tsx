import { axisX, axisY, line, type Markish, type PlotOptions, rect, ruleY } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import type { PruneSettings } from "#core/prune-settings.ts";
import { formatCount } from "#core/units.ts";
import { Chart } from "../ui/chart.tsx";
import { LayerHandle } from "./layer-handle.tsx";
import { type LayerTokens, lastLayerMost, tokenScale, withFirstLayer, withLastLayer } from "./model.ts";

interface ScheduleChartProps {
  readonly rows: readonly LayerTokens[];
  readonly prune: PruneSettings | "off";
  /** Tokens without any cut. */
  readonly full: number;
  readonly onPrune: (prune: PruneSettings, by: string) => void;
}

const MARGIN_PX = 48;
/** Marks that are nearer to each other, as a share of the width, would write over each other in a narrow page. */
const NEAR = 0.27;

/** Bars for the run, a line for the plan, and two handles on its schedule. Style.css has the margin, too. */
export function ScheduleChart({ rows, prune, full, onPrune }: ScheduleChartProps): VNode {
  const layers = rows.length;
  const top = tokenScale(rows, full);
  const options = useCallback((widthPx: number) => plotOptions(rows, top, full, widthPx), [rows, top, full]);
  const counts = rows.map(({ layer, plan, text, runVisual }) => `${layer}: ${plan}, as run ${text + runVisual}`);
  return (
    <>
      <Key full={full} isFullShown={full <= top} />
      <div class="schedule-chart">
        <Chart label={`Tokens that enter each layer, as planned and as run. ${counts.join("; ")}`} options={options} />
        {prune !== "off" && prune.kind === "linear" && (
          <div class="handles">
            <LayerHandle
              label="First layer after which visual tokens go"
              short="L1"
              layer={prune.firstLayer}
              layers={layers}
              least={0}
              most={layers - 1}
              onLayer={(layer) => onPrune(withFirstLayer(prune, layers, layer), "l1")}
            />
            <LayerHandle
              label="First layer that no visual token enters"
              short="L2"
              layer={prune.lastLayer}
              layers={layers}
              least={1}
              most={lastLayerMost(layers)}
              isLow={prune.lastLayer - prune.firstLayer < NEAR * layers}
              onLayer={(layer) => onPrune(withLastLayer(prune, layers, layer), "l2")}
            />
          </div>
        )}
      </div>
    </>
  );
}

function plotOptions(rows: readonly LayerTokens[], top: number, full: number, widthPx: number): PlotOptions {
  const layers = rows.map(({ layer }) => layer);
  const every = Math.ceil(layers.length / Math.floor((widthPx - MARGIN_PX) / 26));
  const edges = rows.flatMap(({ layer, plan }) => [
    { at: layer, plan },
    { at: layer + 1, plan },
  ]);
  return {
    height: 220,
    marginLeft: MARGIN_PX,
    marginRight: 0,
    marginTop: 8,
    marginBottom: 24,
    x: { type: "linear", domain: [0, rows.length] },
    y: { domain: [0, top] },
    marks: [
      axisY({ ticks: 4, tickFormat: formatCount, label: null, tickSize: 0 }),
      axisX(
        layers.filter((layer) => layer % every === 0).map((layer) => layer + 0.5),
        { tickSize: 0, label: null, tickFormat: (at: number) => String(at - 0.5) },
      ),
      bars(
        rows,
        "var(--seeing-2)",
        () => 0,
        ({ text }) => text,
      ),
      bars(
        rows,
        "var(--language-1)",
        ({ text }) => text,
        ({ text, runVisual }) => text + runVisual,
      ),
      ruleY([0], { stroke: "var(--rule-strong)" }),
      full <= top ? ruleY([full], { stroke: "var(--muted)", strokeDasharray: "3 3" }) : null,
      line(edges, { x: "at", y: "plan", stroke: "var(--paper)", strokeWidth: 5, strokeLinejoin: "round" }),
      line(edges, { x: "at", y: "plan", stroke: "var(--reducing-1)", strokeWidth: 2.5, strokeLinejoin: "round" }),
    ],
  };
}

type Height = (row: LayerTokens) => number;

/** What the run had, a bar a layer. */
function bars(rows: readonly LayerTokens[], fill: string, y1: Height, y2: Height): Markish {
  const x1 = ({ layer }: LayerTokens) => layer;
  return rect(rows, { x1, x2: ({ layer }: LayerTokens) => layer + 1, y1, y2, inset: 1, fill, fillOpacity: 0.55 });
}

function Key({ full, isFullShown }: { full: number; isFullShown: boolean }): VNode {
  return (
    <ul class="key">
      <li>
        <span class="swatch plan-line" />
        planned
      </li>
      <li>
        <span class="swatch run-visual" />
        as run: visual
      </li>
      <li>
        <span class="swatch run-text" />
        text
      </li>
      {isFullShown && (
        <li>
          <span class="swatch line" />
          {formatCount(full)} without cuts
        </li>
      )}
    </ul>
  );
}
