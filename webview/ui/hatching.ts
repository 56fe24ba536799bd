/** Distance of two lines of the hatching in CSS pixels. */
const SPACING_PX = 6;
/** How much of the picture the cover hides: between the lines, and on them. */
const COVER = 0.86;
const LINE = 0.45;

/** Draws the cells of `mask` [rows, columns] that are 1 as a cover with diagonal lines, over the whole of `canvas`, in its CSS colour. */
export function drawHatching(canvas: HTMLCanvasElement, mask: Uint8Array, rows: number, columns: number): void {
  const context = canvas.getContext("2d");
  if (!context || canvas.width === 0 || rows * columns === 0) return;
  const pattern = context.createPattern(lines(getComputedStyle(canvas).color), "repeat");
  if (!pattern) return;
  context.globalCompositeOperation = "copy";
  context.imageSmoothingEnabled = false;
  context.drawImage(maskCanvas(mask, rows, columns), 0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = pattern;
  context.fillRect(0, 0, canvas.width, canvas.height);
}

/** Shared by all frames: drawing with it copies it. */
let scratch: HTMLCanvasElement | undefined;

function maskCanvas(mask: Uint8Array, rows: number, columns: number): HTMLCanvasElement {
  scratch ??= document.createElement("canvas");
  if (scratch.width !== columns || scratch.height !== rows) [scratch.width, scratch.height] = [columns, rows];
  const image = new ImageData(columns, rows);
  for (let cell = 0; cell < mask.length; cell++) image.data[4 * cell + 3] = mask[cell] === 1 ? 255 : 0;
  scratch.getContext("2d")?.putImageData(image, 0, 0);
  return scratch;
}

let tile: { readonly key: string; readonly canvas: HTMLCanvasElement } | undefined;

/** One tile of the pattern, which repeats. */
function lines(colour: string): HTMLCanvasElement {
  const scale = window.devicePixelRatio || 1;
  const key = `${colour} ${scale}`;
  if (tile?.key === key) return tile.canvas;
  const canvas = document.createElement("canvas");
  const size = Math.round(SPACING_PX * scale);
  [canvas.width, canvas.height] = [size, size];
  const context = canvas.getContext("2d");
  if (context) {
    context.fillStyle = colour;
    context.globalAlpha = COVER;
    context.fillRect(0, 0, size, size);
    context.globalCompositeOperation = "destination-out";
    context.globalAlpha = 1 - LINE / COVER;
    context.lineWidth = 1.25 * scale;
    context.beginPath();
    for (const start of [-size, 0, size]) {
      context.moveTo(start - 1, size + 1);
      context.lineTo(start + size + 1, -1);
    }
    context.stroke();
  }
  tile = { key, canvas };
  return canvas;
}
