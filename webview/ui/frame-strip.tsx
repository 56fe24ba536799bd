import type { VNode } from "preact";
import type { MediaRecord, VisualRecord } from "#core/record.ts";
import { type CellPlace, moveCell } from "./cell-place.ts";
import { FrameTile } from "./frame-tile.tsx";
import { mediumText } from "./token-info.ts";

interface FrameStripProps {
  readonly medium: MediaRecord;
  readonly visual: VisualRecord;
  readonly layer: number;
  readonly areMergesShown: boolean;
  /** The cell that is inspected. */
  readonly place: CellPlace | undefined;
  readonly onPlace: (place: CellPlace | undefined) => void;
}

/** The frames of a medium; the pointer or the arrow keys inspect a cell. */
export function FrameStrip({ medium, visual, layer, areMergesShown, place, onPlace }: FrameStripProps): VNode {
  const { frames } = medium;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moveCell(frames, place, event.key);
    if (next === place) return;
    event.preventDefault();
    onPlace(next);
  };
  return (
    <figure class={frames.length <= 2 ? "medium few" : "medium"}>
      <figcaption>{mediumText(medium)}</figcaption>
      <div
        class="strip"
        role="application"
        aria-label={`Tokens of ${medium.name}: arrow keys pick one, Escape leaves it`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is what takes keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerLeave={() => onPlace(undefined)}
        onBlur={() => onPlace(undefined)}
      >
        {frames.map((frame, index) => (
          <FrameTile
            key={index}
            frame={frame}
            medium={medium}
            visual={visual}
            layer={layer}
            areMergesShown={areMergesShown}
            inspected={place?.frame === index ? place.cell : undefined}
            onInspect={(cell) => onPlace(cell === undefined ? undefined : { frame: index, cell })}
          />
        ))}
      </div>
    </figure>
  );
}
