import { axisX, axisY, barY, type PlotOptions, ruleY, stackY, text } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import { formatCount } from "#core/units.ts";
import { Chart } from "./chart.tsx";

/** Tokens of one kind at the entrance of one layer. */
export interface LayerRow {
  readonly layer: number;
  readonly kind: "text" | "visual";
  readonly tokens: number;
}

interface LayerChartProps {
  readonly rows: readonly LayerRow[];
  readonly layers: number;
  /** The layer to point out. */
  readonly layer: number;
  /** Tokens without merging and pruning, drawn as a line. */
  readonly fullTokens: number;
}

const COLOURS = { text: "var(--seeing-2)", visual: "var(--language-1)" } as const;

/** Tokens that enter each layer. The margins are those of the slider under it (widgets.css), so that its thumb stands below its bar. */
export function LayerChart({ rows, layers, layer, fullTokens }: LayerChartProps): VNode {
  const options = useCallback(
    (widthPx: number): PlotOptions => {
      const every = Math.ceil(layers / Math.floor((widthPx - 48) / 26));
      const ticks = Array.from({ length: layers }, (_, index) => index).filter((index) => index % every === 0);
      return {
        height: 124,
        marginLeft: 48,
        marginRight: 0,
        marginTop: 6,
        marginBottom: 22,
        x: {
          type: "band",
          paddingInner: 0.15,
          paddingOuter: 0.075,
          domain: Array.from({ length: layers }, (_, index) => index),
        },
        y: { nice: true },
        marks: [
          axisY({ ticks: 3, tickFormat: formatCount, label: null, tickSize: 0 }),
          axisX({ ticks, tickSize: 0, label: null }),
          barY(
            rows,
            stackY({
              x: "layer",
              y: "tokens",
              order: null,
              fill: (row: LayerRow) => COLOURS[row.kind],
              fillOpacity: (row: LayerRow) => (row.layer === layer ? 1 : 0.5),
            }),
          ),
          ruleY([0], { stroke: "var(--rule-strong)" }),
          ruleY([fullTokens], { stroke: "var(--muted)", strokeDasharray: "3 3" }),
          text(["layer"], { frameAnchor: "bottom-left", dx: -48, dy: 18, fill: "var(--muted)" }),
        ],
      };
    },
    [rows, layers, layer, fullTokens],
  );
  const counts = Array.from({ length: layers }, (_, index) =>
    rows.filter((row) => row.layer === index).reduce((sum, row) => sum + row.tokens, 0),
  );
  return (
    <>
      <ul class="key">
        <li>
          <span class="swatch" style={{ background: COLOURS.visual }} />
          visual tokens
        </li>
        <li>
          <span class="swatch" style={{ background: COLOURS.text }} />
          text tokens
        </li>
        <li>
          <span class="swatch line" />
          {formatCount(fullTokens)} without merging and pruning
        </li>
      </ul>
      <Chart label={`Tokens that enter each layer: ${counts.join(", ")}`} options={options} />
    </>
  );
}
