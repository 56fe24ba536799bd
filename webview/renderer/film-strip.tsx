import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { MediaRecord, VisualRecord } from "#core/record.ts";
import { formatCount } from "#core/units.ts";
import { FrameTile } from "../ui/frame-tile.tsx";
import { mediumText, pictureAspect } from "../ui/token-info.ts";
import { shownFrames, tileHeight, tilesInRow } from "./film.ts";
import { whenNear } from "./near-viewport.ts";

interface FilmStripProps {
  readonly medium: MediaRecord;
  readonly visual: VisualRecord;
  readonly layer: number;
}

/** The frames of a medium in one row, drawn when it comes near; its height is known before, so that nothing moves. */
export function FilmStrip({ medium, visual, layer }: FilmStripProps): VNode | null {
  const { frames } = medium;
  const strip = useRef<HTMLElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  const [isScrolled, setIsScrolled] = useState(false);
  const [isWhole, setIsWhole] = useState(false);
  useEffect(() => (strip.current ? whenNear(strip.current, setWidthPx) : undefined), []);

  const [first] = frames;
  if (!first) return null;
  const aspect = pictureAspect(medium, first);
  const room = widthPx === 0 ? 0 : tilesInRow(frames.length, aspect, widthPx);
  const shown = shownFrames(frames, isWhole);
  const drawn = isScrolled || isWhole ? shown : shown.slice(0, room === 0 ? 0 : room + 2);
  const rest = shown.length - drawn.length;
  return (
    <figure class="film" style={{ "--aspect": aspect, "--tile": `${tileHeight(frames.length)}px` }}>
      <figcaption>
        <span title={mediumText(medium)}>{mediumText(medium)}</span>
        {room > 0 && frames.length > room && (
          <button type="button" class="link" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? "Show one row" : `Show all ${formatCount(frames.length)}`}
          </button>
        )}
      </figcaption>
      <section
        class={isWhole ? "film-strip whole" : "film-strip"}
        ref={strip}
        aria-label={`Frames of ${medium.name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={() => setIsScrolled(true)}
      >
        {drawn.map((frame) => (
          <FrameTile key={frame.firstToken} frame={frame} medium={medium} visual={visual} layer={layer} />
        ))}
        {rest > 0 && <div class="rest" style={{ "--rest": rest }} />}
      </section>
    </figure>
  );
}
