import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { FrameRecord, MediaRecord, VisualRecord } from "#core/record.ts";
import { formatCount } from "#core/units.ts";
import { borderPath, coverPath, frameTokens, isPresent } from "./token-grid.ts";
import { frameLabel, pictureAspect } from "./token-info.ts";

interface FrameTileProps {
  readonly frame: FrameRecord;
  readonly medium: MediaRecord;
  readonly visual: VisualRecord;
  readonly layer: number;
  readonly areMergesShown?: boolean;
  /** The cell to point out. */
  readonly inspected?: number | undefined;
  readonly onInspect?: (cell: number | undefined) => void;
}

/** More cells than any model gives to a picture, yet few enough to draw at once. */
const MOST_CELLS = 2 ** 16;

/**
 * One frame: its picture, covered where tokens have been dropped before `layer`. The cover is a path rather than a canvas: it takes its colour
 * from the theme, and a page of 200 runs with 32 frames each composes its thousands of tiles in half the time.
 */
export function FrameTile(props: FrameTileProps): VNode {
  const { medium, visual, layer, areMergesShown = false, inspected, onInspect } = props;
  const frame = useMemo(() => drawable(props.frame), [props.frame]);
  const tokens = useMemo(() => frameTokens(frame, visual), [frame, visual]);
  const distinct = useMemo(() => [...new Set(tokens)], [tokens]);
  const merges = useMemo(
    () => (areMergesShown ? borderPath(frame, (cell) => tokens[cell] ?? -1, -1) : undefined),
    [frame, tokens, areMergesShown],
  );
  const { cover, kept } = useMemo(() => {
    const isKept = (cell: number) => isPresent(visual, tokens[cell] ?? -1, layer);
    return { cover: coverPath(frame, (cell) => !isKept(cell)), kept: borderPath(frame, isKept, false) };
  }, [frame, tokens, visual, layer]);
  const pointed = inspected === undefined ? undefined : tokens[inspected];
  const present = distinct.filter((token) => isPresent(visual, token, layer)).length;
  const viewBox = `0 0 ${frame.columns} ${frame.rows}`;
  const inspect = onInspect && ((event: PointedEvent) => onInspect(cellAt(frame, event)));
  return (
    <figure class="frame">
      <div
        class="frame-picture"
        style={{ aspectRatio: pictureAspect(medium, props.frame) }}
        onPointerMove={inspect}
        onPointerDown={inspect}
      >
        {frame.thumbnail !== "" && <img src={frame.thumbnail} alt="" decoding="async" />}
        <svg class="cover" viewBox={viewBox} preserveAspectRatio="none" aria-hidden="true">
          <path d={cover} />
        </svg>
        <svg viewBox={viewBox} preserveAspectRatio="none" aria-hidden="true">
          {merges !== undefined && <path class="merges" d={merges} />}
          <path class="kept-halo" d={kept} />
          <path class="kept" d={kept} />
          {pointed !== undefined && (
            <path class="pointed" d={borderPath(frame, (cell) => tokens[cell] === pointed, false)} />
          )}
        </svg>
      </div>
      <figcaption>
        <span>{frameLabel(frame)}</span>
        <span>
          {formatCount(present)}
          <span class="of"> of {formatCount(distinct.length)}</span>
        </span>
      </figcaption>
    </figure>
  );
}

/** A frame with too many cells is shown without its tokens. */
function drawable(frame: FrameRecord): FrameRecord {
  return frame.rows * frame.columns <= MOST_CELLS ? frame : { ...frame, rows: 0, columns: 0 };
}

type PointedEvent = PointerEvent & { readonly currentTarget: HTMLElement };

/** The cell of `frame` under the pointer. */
function cellAt({ rows, columns }: FrameRecord, { clientX, clientY, currentTarget }: PointedEvent): number | undefined {
  const box = currentTarget.getBoundingClientRect();
  const column = Math.floor(((clientX - box.left) / box.width) * columns);
  const row = Math.floor(((clientY - box.top) / box.height) * rows);
  return column >= 0 && row >= 0 && column < columns && row < rows ? row * columns + column : undefined;
}
