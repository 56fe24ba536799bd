import type { FrameRecord } from "#core/record.ts";
import { drawHatching } from "./hatching.ts";
import { NearElements } from "./heat-near.ts";
import { borderPath } from "./token-grid.ts";
import { drawable, fillCells, frameIds, type TokenPicture } from "./token-picture.ts";

/** The elements of one frame that are drawn into. */
export interface TileElements {
  readonly box: HTMLElement;
  /** One pixel a cell. */
  readonly heat: HTMLCanvasElement;
  /** As fine as the screen. */
  readonly hatch: HTMLCanvasElement;
  /** In units of cells. */
  readonly borders: SVGPathElement;
  /** Its paths outline what is pointed at. */
  readonly pointed: SVGGElement;
}

/** Frames that are not seen are drawn once nothing has changed for so long; a saved picture holds them too. */
const REST_MS = 200;

/**
 * Draws pictures of tokens over the frames of a run. Frames are drawn by hand rather than by Preact: a step through the layers changes the
 * pixels of all of them, sixty times a second.
 */
export class TokenCanvas {
  readonly #tiles = new Map<Element, Tile>();
  readonly #near = new NearElements((element) => this.#paintOne(element));
  readonly #sizes = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) this.#tiles.get(target)?.resize(contentRect);
  });
  #picture: TokenPicture | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;

  /** Gives what takes the frame away again. */
  add(frame: FrameRecord, elements: TileElements): () => void {
    const { box } = elements;
    this.#tiles.set(box, new Tile(drawable(frame), elements));
    this.#near.watch(box);
    this.#sizes.observe(box);
    this.#paintRest();
    return () => {
      this.#tiles.delete(box);
      this.#near.forget(box);
      this.#sizes.unobserve(box);
    };
  }

  /** Draws `picture` over the frames that are near what is seen, then over the others. */
  show(picture: TokenPicture): void {
    this.#picture = picture;
    for (const [element, tile] of this.#tiles) {
      if (this.#near.has(element)) tile.paint(picture);
    }
    this.#paintRest();
  }

  /** Outlines all cells that have `id` among `ids` (see TokenPicture), or none. */
  point(ids: Int32Array, id: number | undefined): void {
    for (const tile of this.#tiles.values()) tile.point(ids, id);
  }

  #paintOne(element: Element): void {
    if (this.#picture) this.#tiles.get(element)?.paint(this.#picture);
  }

  #paintRest(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      for (const element of this.#tiles.keys()) this.#paintOne(element);
    }, REST_MS);
  }
}

/** One frame, and what was last drawn over it. */
class Tile {
  readonly #frame: FrameRecord;
  readonly #elements: TileElements;
  readonly #image: ImageData | undefined;
  readonly #pixels: Uint32Array;
  readonly #mask: Uint8Array;
  #painted: TokenPicture | undefined;

  constructor(frame: FrameRecord, elements: TileElements) {
    const { rows, columns } = frame;
    const cells = rows * columns;
    this.#frame = frame;
    this.#elements = elements;
    this.#image = cells > 0 ? new ImageData(columns, rows) : undefined;
    this.#pixels = new Uint32Array(this.#image?.data.buffer ?? new ArrayBuffer(0));
    this.#mask = new Uint8Array(cells);
  }

  paint(picture: TokenPicture): void {
    if (picture === this.#painted || !this.#image) return;
    const { heat, hatch, borders } = this.#elements;
    const ids = frameIds(this.#frame, picture.ids);
    const { isMaskNew, isHatched } = fillCells(ids, picture, this.#pixels, this.#mask);
    heat.getContext("2d")?.putImageData(this.#image, 0, 0);
    if (isMaskNew) this.#drawHatch();
    hatch.hidden = !isHatched;
    const before = this.#painted;
    if (picture.ids !== before?.ids || picture.areBordersShown !== before.areBordersShown) {
      borders.setAttribute("d", picture.areBordersShown ? borderPath(this.#frame, (cell) => ids[cell] ?? -1, -1) : "");
    }
    this.#painted = picture;
  }

  point(all: Int32Array, id: number | undefined): void {
    const ids = frameIds(this.#frame, all);
    const isHere = id !== undefined && id >= 0 && ids.includes(id);
    const path = isHere ? borderPath(this.#frame, (cell) => ids[cell] === id, false) : "";
    for (const outline of this.#elements.pointed.children) {
      if (path !== outline.getAttribute("d")) outline.setAttribute("d", path);
    }
  }

  resize({ width, height }: { readonly width: number; readonly height: number }): void {
    const { hatch } = this.#elements;
    const scale = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (hatch.width === wide && hatch.height === high) return;
    [hatch.width, hatch.height] = [wide, high];
    this.#drawHatch();
  }

  #drawHatch(): void {
    const { rows, columns } = this.#frame;
    drawHatching(this.#elements.hatch, this.#mask, rows, columns);
  }
}
