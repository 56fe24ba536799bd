import type { VNode } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { FrameRecord, MediaRecord, VisualRecord } from "#core/record.ts";
import { formatCount } from "#core/units.ts";
import { borderPath, coverPixels, frameTokens, isPresent } from "./token-grid.ts";
import { frameLabel } from "./token-info.ts";

interface FrameTileProps {
  readonly frame: FrameRecord;
  readonly medium: MediaRecord;
  readonly visual: VisualRecord;
  readonly layer: number;
  readonly areMergesShown: boolean;
  /** The cell to point out. */
  readonly inspected: number | undefined;
  readonly onInspect: (cell: number | undefined) => void;
}

/** One frame: its picture, covered where tokens have been dropped before `layer`. */
export function FrameTile(props: FrameTileProps): VNode {
  const { frame, medium, visual, layer, areMergesShown, inspected, onInspect } = props;
  const tokens = useMemo(() => frameTokens(frame, visual), [frame, visual]);
  const distinct = useMemo(() => [...new Set(tokens)], [tokens]);
  const merges = useMemo(() => borderPath(frame, (cell) => tokens[cell] ?? -1, -1), [frame, tokens]);
  const kept = useMemo(
    () => borderPath(frame, (cell) => isPresent(visual, tokens[cell] ?? -1, layer), false),
    [frame, tokens, visual, layer],
  );
  const pointed = inspected === undefined ? undefined : tokens[inspected];
  const present = distinct.filter((token) => isPresent(visual, token, layer)).length;
  const cellAt = (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * frame.columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * frame.rows);
    return column >= 0 && row >= 0 && column < frame.columns && row < frame.rows
      ? row * frame.columns + column
      : undefined;
  };
  return (
    <figure class="frame">
      <div
        class="frame-picture"
        style={{ aspectRatio: `${medium.widthPx || frame.columns} / ${medium.heightPx || frame.rows}` }}
        onPointerMove={(event) => onInspect(cellAt(event))}
        onPointerDown={(event) => onInspect(cellAt(event))}
      >
        {frame.thumbnail !== "" && <img src={frame.thumbnail} alt="" />}
        <Cover frame={frame} visual={visual} layer={layer} />
        <svg viewBox={`0 0 ${frame.columns} ${frame.rows}`} preserveAspectRatio="none" aria-hidden="true">
          {areMergesShown && <path class="merges" d={merges} />}
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

/** The dropped tokens as a picture of one pixel a token, which the browser enlarges without smoothing. */
function Cover({ frame, visual, layer }: Pick<FrameTileProps, "frame" | "visual" | "layer">): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const pixels = coverPixels(frameTokens(frame, visual), visual, layer);
    if (pixels.length > 0) canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, frame.columns), 0, 0);
  }, [frame, visual, layer]);
  return <canvas class="cover" ref={canvas} width={frame.columns} height={frame.rows} />;
}
