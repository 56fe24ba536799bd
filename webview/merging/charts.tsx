import { areaY, axisX, axisY, barY, dot, lineY, type PlotOptions, rect, ruleX, ruleY, text } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import { formatCount, formatNumber, formatShare } from "#core/units.ts";
import { Chart } from "../ui/chart.tsx";
import type { SizeCount } from "./groups.ts";
import type { FrameRow, SimilarityBin } from "./similarity.ts";

const FRAME = { height: 170, marginLeft: 48, marginRight: 20, marginTop: 28, marginBottom: 36 } as const;
const MERGED = "var(--language-1)";
const STAYED = "var(--seeing-2)";

interface SimilarityChartProps {
  readonly bins: readonly SimilarityBin[];
  readonly cut: number | undefined;
}

/** How many of the compared tokens have which cosine; those that merged stand below those that stayed. */
export function SimilarityChart({ bins, cut }: SimilarityChartProps): VNode {
  const options = useCallback(
    (): PlotOptions => ({
      ...FRAME,
      x: { label: "cosine with the most similar token" },
      y: { label: "tokens" },
      marks: [
        axisY({ ticks: 3, tickFormat: formatCount, tickSize: 0, label: "tokens", labelArrow: false }),
        axisX({
          ticks: 5,
          tickSize: 0,
          label: "cosine with the most similar token",
          labelArrow: false,
          labelAnchor: "left",
        }),
        rect(bins, { x1: "from", x2: "to", y1: 0, y2: "merged", fill: MERGED, insetLeft: 0.5, insetRight: 0.5 }),
        rect(bins, {
          x1: "from",
          x2: "to",
          y1: "merged",
          y2: ({ merged, stayed }: SimilarityBin) => merged + stayed,
          fill: STAYED,
          insetLeft: 0.5,
          insetRight: 0.5,
        }),
        ruleY([0], { stroke: "var(--rule-strong)" }),
        ...(cut === undefined
          ? []
          : [
              ruleX([cut], { stroke: "var(--ink)", strokeDasharray: "3 3" }),
              text([cut], {
                x: (at: number) => at,
                frameAnchor: "top",
                textAnchor: "start",
                dx: 4,
                dy: -10,
                text: (at: number) => `cut ${formatNumber(at)}`,
                fill: "var(--ink)",
              }),
            ]),
      ],
    }),
    [bins, cut],
  );
  const merged = bins.reduce((sum, bin) => sum + bin.merged, 0);
  const stayed = bins.reduce((sum, bin) => sum + bin.stayed, 0);
  return (
    <>
      <ul class="key">
        <li>
          <span class="swatch" style={{ background: MERGED }} />
          merged in this step
        </li>
        <li>
          <span class="swatch" style={{ background: STAYED }} />
          stayed
        </li>
      </ul>
      <Chart label={`Cosines of ${merged} tokens that merged and ${stayed} that stayed`} options={options} />
    </>
  );
}

/** How many groups there are of each size. */
export function SizeChart({ counts }: { counts: readonly SizeCount[] }): VNode {
  const options = useCallback(
    (widthPx: number): PlotOptions => {
      const most = counts.at(-1)?.size ?? 1;
      const every = Math.max(1, Math.ceil(most / Math.max(1, Math.floor((widthPx - 60) / 24))));
      const sizes = Array.from({ length: most }, (_, index) => index + 1);
      return {
        ...FRAME,
        x: { type: "band", domain: sizes, paddingInner: 0.15 },
        marks: [
          axisY({ ticks: 3, tickFormat: formatCount, tickSize: 0, label: "tokens", labelArrow: false }),
          axisX({
            ticks: sizes.filter((size) => (size - 1) % every === 0),
            tickSize: 0,
            label: "patches that a token stands for",
            labelAnchor: "left",
            labelArrow: false,
          }),
          barY(counts, { x: "size", y: "groups", fill: MERGED }),
          ruleY([0], { stroke: "var(--rule-strong)" }),
        ],
      };
    },
    [counts],
  );
  const label = counts.map(({ size, groups }) => `${groups} of ${size}`).join(", ");
  return <Chart label={`Tokens by the patches that they stand for: ${label}`} options={options} />;
}

/** The redundancy and the mean cosine of each frame of a video over its time. */
export function RedundancyChart({ rows }: { rows: readonly FrameRow[] }): VNode {
  const options = useCallback((): PlotOptions => {
    const time = ({ merged }: FrameRow) => merged.frame.timeSeconds;
    return {
      ...FRAME,
      y: { domain: [0, 1] },
      marks: [
        axisY({ ticks: [0, 0.5, 1], tickFormat: formatShare, tickSize: 0, label: null }),
        axisX({ ticks: 6, tickSize: 0, label: "time, s", labelAnchor: "left", labelArrow: false }),
        areaY(rows, { x: time, y: "redundancy", fill: MERGED, fillOpacity: 0.15 }),
        lineY(rows, { x: time, y: "redundancy", stroke: MERGED }),
        ...(rows.length <= 64 ? [dot(rows, { x: time, y: "redundancy", fill: MERGED, r: 2.5 })] : []),
        lineY(rows, { x: time, y: "meanCosine", stroke: STAYED, strokeDasharray: "4 3" }),
        ruleY([0], { stroke: "var(--rule-strong)" }),
      ],
    };
  }, [rows]);
  const label = rows.map(({ redundancy }) => formatShare(redundancy)).join(", ");
  return (
    <>
      <ul class="key">
        <li>
          <span class="swatch" style={{ background: MERGED }} />
          redundancy
        </li>
        <li>
          <span class="swatch line" />
          mean cosine
        </li>
      </ul>
      <Chart label={`Redundancy by frame: ${label}`} options={options} />
    </>
  );
}
