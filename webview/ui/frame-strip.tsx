import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { MediaRecord, RunRecord } from "#core/record.ts";
import { type CellPlace, moveCell } from "./cell-place.ts";
import { FrameTile } from "./frame-tile.tsx";
import { describeToken, frameLabel, tokenInfo } from "./token-info.ts";

interface FrameStripProps {
  readonly record: RunRecord;
  readonly medium: MediaRecord;
  readonly layer: number;
  readonly areMergesShown: boolean;
}

/** The frames of a medium; pointer or arrow keys pick a token, which is described underneath. */
export function FrameStrip({ record, medium, layer, areMergesShown }: FrameStripProps): VNode {
  const [place, setPlace] = useState<CellPlace | undefined>(undefined);
  const { frames } = medium;
  const frame = place && frames[place.frame];
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moveCell(frames, place, event.key);
    if (next === place) return;
    event.preventDefault();
    setPlace(next);
  };
  return (
    <div class={frames.length === 1 ? "medium single" : "medium"}>
      <div
        class="strip"
        role="application"
        aria-label={`Tokens of ${medium.name}: arrow keys pick one, Escape leaves it`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is what takes keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setPlace(undefined)}
        onBlur={() => setPlace(undefined)}
      >
        {frames.map((each, index) => (
          <FrameTile
            key={index}
            frame={each}
            medium={medium}
            visual={record.visual}
            layer={layer}
            areMergesShown={areMergesShown}
            inspected={place?.frame === index ? place.cell : undefined}
            onInspect={(cell) => setPlace(cell === undefined ? undefined : { frame: index, cell })}
          />
        ))}
      </div>
      <p class="readout" aria-live="polite">
        {frame && place ? (
          <>
            <strong>{frameLabel(frame)}</strong> {describeToken(tokenInfo(record, frame, place.cell), record.visual.count)}
          </>
        ) : (
          "Point at a token, or move with the arrow keys, to see what became of it."
        )}
      </p>
    </div>
  );
}
