import type { VNode } from "preact";
import { formatNumber, formatShare } from "#core/units.ts";
import { Figure } from "../ui/figure.tsx";
import { RedundancyChart } from "./charts.tsx";
import type { FrameRow } from "./similarity.ts";

interface RedundancyProps {
  readonly rows: readonly FrameRow[];
  /** Over all frames, in [0, 1]. */
  readonly total: number;
  /** The cosine from which two tokens are twins, in hundredths. */
  readonly percent: number;
  readonly onPercent: (percent: number) => void;
}

/** How much of the frames was redundant: a number, and a curve where there is time to draw it over. */
export function Redundancy({ rows, total, percent, onPercent }: RedundancyProps): VNode {
  const cosine = formatNumber(percent / 100);
  const isVideo =
    rows.length > 1 &&
    rows.every(({ merged }) => merged.frame.kind === "frame" && merged.medium === rows[0]?.merged.medium);
  return (
    <>
      <Figure
        name="redundancy"
        title="Redundancy"
        note={`The share of a frame's compared tokens that have a near twin: another token of the same frame with a cosine of at least ${cosine}, before anything merged. Every second token is compared.`}
      >
        <p class="redundancy-total">
          <strong>{formatShare(total)}</strong> redundant{isVideo ? " over all frames" : ""}, at a cosine of {cosine}
        </p>
        {isVideo && <RedundancyChart rows={rows} />}
      </Figure>
      <label class="slider">
        <span>Twins from a cosine of</span>
        <input
          type="range"
          min={0}
          max={100}
          value={percent}
          aria-valuetext={cosine}
          onInput={(event) => onPercent(event.currentTarget.valueAsNumber)}
        />
        <output>{cosine}</output>
      </label>
    </>
  );
}
