import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { formatCount } from "#core/units.ts";
import { Figure } from "../ui/figure.tsx";
import { ColourRamp } from "../ui/heat-legend.tsx";
import { useTokenStrips } from "../ui/use-token-strips.tsx";
import { type Groups, groupsOfRun, type MergedFrame, meetings } from "./groups.ts";
import { groupText, sizeColours, stepText } from "./model.ts";

interface GroupFramesProps {
  readonly record: RunRecord;
  readonly frames: readonly MergedFrame[];
  readonly groups: Groups;
  readonly step: number;
  /** How many steps are known; 0 if only their result is. */
  readonly steps: number;
  readonly onStep: (step: number) => void;
}

/** The frames with the groups that there are after a step, each outlined, and tinted by how many patches it holds. */
export function GroupFrames({ record, frames, groups, step, steps, onStep }: GroupFramesProps): VNode {
  const { media } = record;
  // A size has the same colour at every step.
  const most = useMemo(
    () => groupsOfRun(record, Math.max(1, steps)).sizes.reduce((a, b) => Math.max(a, b), 1),
    [record, steps],
  );
  const picture = useMemo(() => {
    const colours = sizeColours(groups.sizes, most, "viridis");
    return { ids: groups.ids, colours, gone: new Uint8Array(groups.sizes.length), areBordersShown: true };
  }, [groups, most]);
  const { strips, picked } = useTokenStrips(media, picture);
  const text = useMemo(() => {
    if (!picked) return "Point at a patch, or move with the arrow keys, to see with which others it is one token.";
    const { frame, cell, id } = picked;
    const made = frames.find((merged) => merged.frame === frame)?.steps ?? [];
    return groupText(frame, cell, groups.sizes[id] ?? 0, meetings(frame.rows * frame.columns, made, step, cell));
  }, [frames, picked, groups, step]);

  const count = groups.sizes.reduce((sum, size) => sum + (size > 0 ? 1 : 0), 0);
  const status = `${capitalised(stepText(step, steps))}: ${formatCount(count)} tokens`;
  return (
    <>
      <div class="step-bar">
        <label class="slider">
          <span>Step</span>
          <input
            type="range"
            min={0}
            max={Math.max(1, steps)}
            value={step}
            aria-valuetext={status}
            onInput={(event) => onStep(event.currentTarget.valueAsNumber)}
          />
        </label>
        <p class="step-status">{status}</p>
        <p class="readout" aria-live="polite">
          {text}
        </p>
      </div>
      <Figure name={`merging-step-${step}`} title={`Groups ${stepText(step, steps)}`}>
        <div class="heat-legend">
          <div class="heat-scale">
            <p>patches that became one token; no tint where one stands for itself</p>
            <ColourRamp map="viridis" />
            <div class="heat-ticks">
              <span>2</span>
              <span>{formatCount(Math.max(most, 3))}</span>
            </div>
          </div>
        </div>
        <div class="heat-strips" style={{ "--heat-opacity": 0.6 }}>
          {strips}
        </div>
      </Figure>
    </>
  );
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
