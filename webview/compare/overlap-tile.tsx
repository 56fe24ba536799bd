import type { VNode } from "preact";
import { useId, useMemo } from "preact/hooks";
import type { FrameRecord, MediaRecord } from "#core/record.ts";
import { borderPath, coverPath } from "../ui/token-grid.ts";
import { frameLabel, pictureAspect } from "../ui/token-info.ts";
import { drawable } from "../ui/token-picture.ts";
import { runColour } from "./run-mark.tsx";

/** A run of which patches are shown. */
interface PatchRun {
  readonly number: number;
  /** [encoded] See lastLayers. */
  readonly last: Int16Array;
}

interface OverlapTileProps {
  readonly frame: FrameRecord;
  readonly medium: MediaRecord;
  readonly layer: number;
  readonly a: PatchRun;
  readonly b: PatchRun;
}

/** A line of the hatching to every so many parts of a picture's width. */
const LINES = 20;

/** One frame: its picture as it is where both runs keep the patch, hatched in the colour of the one that keeps it alone, else covered. */
export function OverlapTile({ frame, medium, layer, a, b }: OverlapTileProps): VNode {
  const id = useId();
  const grid = useMemo(() => drawable(frame), [frame]);
  const paths = useMemo(() => {
    const { firstToken } = frame;
    const inA = (cell: number) => (a.last[firstToken + cell] ?? -1) >= layer;
    const inB = (cell: number) => (b.last[firstToken + cell] ?? -1) >= layer;
    return {
      neither: coverPath(grid, (cell) => !inA(cell) && !inB(cell)),
      onlyA: coverPath(grid, (cell) => inA(cell) && !inB(cell)),
      onlyB: coverPath(grid, (cell) => !inA(cell) && inB(cell)),
      borders: borderPath(grid, (cell) => 2 * Number(inA(cell)) + Number(inB(cell)), 0),
    };
  }, [frame, grid, layer, a.last, b.last]);
  const viewBox = `0 0 ${grid.columns} ${grid.rows}`;
  const step = Math.max(grid.columns, 1) / LINES;
  return (
    <figure class="frame">
      <div class="frame-picture" style={{ aspectRatio: pictureAspect(medium, frame) }}>
        {frame.thumbnail !== "" && <img src={frame.thumbnail} alt="" decoding="async" />}
        <svg class="cover" viewBox={viewBox} preserveAspectRatio="none" aria-hidden="true">
          <path d={paths.neither} />
        </svg>
        <svg class="patches" viewBox={viewBox} preserveAspectRatio="none" aria-hidden="true">
          <defs>
            <Lines id={`${id}a`} step={step} turn={45} colour={runColour(a.number)} />
            <Lines id={`${id}b`} step={step} turn={-45} colour={runColour(b.number)} />
          </defs>
          <path class="hatch-ground" d={`${paths.onlyA}${paths.onlyB}`} />
          <path d={paths.onlyA} style={{ fill: `url(#${id}a)` }} />
          <path d={paths.onlyB} style={{ fill: `url(#${id}b)` }} />
        </svg>
        <svg viewBox={viewBox} preserveAspectRatio="none" aria-hidden="true">
          <path class="kept-halo" d={paths.borders} />
          <path class="kept" d={paths.borders} />
        </svg>
      </div>
      <figcaption>{frameLabel(frame)}</figcaption>
    </figure>
  );
}

interface LinesProps {
  readonly id: string;
  /** From one line to the next, in cells. */
  readonly step: number;
  /** Degrees from upright. */
  readonly turn: number;
  readonly colour: string;
}

function Lines({ id, step, turn, colour }: LinesProps): VNode {
  return (
    <pattern id={id} width={step} height={step} patternUnits="userSpaceOnUse" patternTransform={`rotate(${turn})`}>
      <rect width={step * 0.55} height={step} style={{ fill: colour }} />
    </pattern>
  );
}
