import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { FrameRecord, MediaRecord } from "#core/record.ts";
import { type CellPlace, moveCell } from "./cell-place.ts";
import type { TokenCanvas } from "./token-canvas.ts";
import { frameLabel, mediumText, pictureAspect } from "./token-info.ts";
import { drawable } from "./token-picture.ts";

interface TokenStripProps {
  readonly medium: MediaRecord;
  readonly canvas: TokenCanvas;
  /** Told where the pointer or the arrow keys are. */
  readonly onPlace: (place: CellPlace | undefined) => void;
}

/** The frames of a medium, over which `canvas` draws; the pointer or the arrow keys pick a cell. */
export function TokenStrip({ medium, canvas, onPlace }: TokenStripProps): VNode {
  const { frames } = medium;
  const strip = useRef<HTMLDivElement>(null);
  const place = useRef<CellPlace | undefined>(undefined);
  const go = (next: CellPlace | undefined) => {
    const { current } = place;
    if (next?.frame === current?.frame && next?.cell === current?.cell) return;
    place.current = next;
    onPlace(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moveCell(frames, place.current, event.key);
    if (next === place.current) return;
    event.preventDefault();
    go(next);
    if (next) strip.current?.children[next.frame]?.scrollIntoView({ block: "nearest" });
  };
  return (
    <figure class={frames.length <= 2 ? "medium few" : "medium"}>
      <figcaption>{mediumText(medium)}</figcaption>
      <div
        class="strip"
        ref={strip}
        role="application"
        aria-label={`Tokens of ${medium.name}: arrow keys pick one, Escape leaves it`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is what takes keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerLeave={() => go(undefined)}
        onBlur={() => go(undefined)}
      >
        {frames.map((frame, index) => (
          <TokenTile
            key={index}
            frame={frame}
            medium={medium}
            canvas={canvas}
            onCell={(cell) => go(cell === undefined ? undefined : { frame: index, cell })}
          />
        ))}
      </div>
    </figure>
  );
}

interface TokenTileProps {
  readonly frame: FrameRecord;
  readonly medium: MediaRecord;
  readonly canvas: TokenCanvas;
  readonly onCell: (cell: number | undefined) => void;
}

function TokenTile({ frame, medium, canvas, onCell }: TokenTileProps): VNode {
  const { rows, columns } = drawable(frame);
  const box = useRef<HTMLDivElement>(null);
  const heat = useRef<HTMLCanvasElement>(null);
  const hatch = useRef<HTMLCanvasElement>(null);
  const borders = useRef<SVGPathElement>(null);
  const pointed = useRef<SVGGElement>(null);
  useLayoutEffect(() => {
    const elements = [box.current, heat.current, hatch.current, borders.current, pointed.current] as const;
    const [at, cells, cover, lines, outline] = elements;
    if (!at || !cells || !cover || !lines || !outline) return;
    return canvas.add(frame, { box: at, heat: cells, hatch: cover, borders: lines, pointed: outline });
  }, [canvas, frame]);
  const inspect = (event: PointedEvent) => onCell(cellAt(rows, columns, event));
  return (
    <figure class="frame">
      <div
        class="frame-picture"
        ref={box}
        style={{ aspectRatio: pictureAspect(medium, frame) }}
        onPointerMove={inspect}
        onPointerDown={inspect}
      >
        {frame.thumbnail !== "" && <img src={frame.thumbnail} alt="" decoding="async" />}
        <canvas class="heat" width={columns} height={rows} ref={heat} />
        <canvas class="hatch" width={0} height={0} ref={hatch} hidden />
        <svg viewBox={`0 0 ${columns} ${rows}`} preserveAspectRatio="none" aria-hidden="true">
          <path class="merges" ref={borders} />
          <g ref={pointed}>
            <path class="pointed-halo" />
            <path class="pointed" />
          </g>
        </svg>
      </div>
      <figcaption>{frameLabel(frame)}</figcaption>
    </figure>
  );
}

type PointedEvent = PointerEvent & { readonly currentTarget: HTMLElement };

/** The cell under the pointer. */
function cellAt(rows: number, columns: number, { clientX, clientY, currentTarget }: PointedEvent): number | undefined {
  const box = currentTarget.getBoundingClientRect();
  const column = Math.floor(((clientX - box.left) / box.width) * columns);
  const row = Math.floor(((clientY - box.top) / box.height) * rows);
  return column >= 0 && row >= 0 && column < columns && row < rows ? row * columns + column : undefined;
}
