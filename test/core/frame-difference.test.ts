import assert from "node:assert/strict";
import { frameDifference, type PixelGrid } from "#core/frame-difference.ts";
import { seededRandom } from "#core/random.ts";
import { assertClose } from "../support/assert-close.ts";

/** Values are 8-bit levels divided by 255, as a model that only rescales sees them. */
const GRID: PixelGrid = { widthPx: 60, heightPx: 45, blockPx: 7, levelsPerUnit: [255, 255, 255] };

/** A textured picture with a grey box of `side` pixels at `x`, `y`, and noise of up to `noise` levels. */
function picture(options: { noise?: number; seed?: number; box?: { x: number; y: number; side: number } } = {}) {
  const { noise = 0, seed = 1, box } = options;
  const random = seededRandom(seed);
  return Float32Array.from({ length: 3 * 60 * 45 }, (_, i) => {
    const [x, y] = [i % 60, Math.floor(i / 60) % 45];
    const isBox = box && x >= box.x && x < box.x + box.side && y >= box.y && y < box.y + box.side;
    const level = isBox ? 144 : 80 + 40 * Math.sin(x / 3) * Math.cos(y / 4);
    return (level + noise * (2 * random() - 1)) / 255;
  });
}

describe("frameDifference", () => {
  it("is nothing between equal frames, and the same in both directions", () => {
    const [a, b] = [picture({ seed: 2, noise: 9 }), picture({ seed: 3, noise: 9 })];
    assert.equal(frameDifference(a, a.slice(), GRID), 0);
    assert.equal(frameDifference(a, b, GRID), frameDifference(b, a, GRID));
  });

  it("is the difference of the means of the block that differs most, in levels", () => {
    const [a, b] = [picture(), picture()];
    for (let y = 7; y < 14; y++)
      for (let x = 14; x < 21; x++) {
        const at = 60 * 45 + y * 60 + x;
        b[at] = (b[at] ?? 0) + 12 / 255;
      }
    assertClose([frameDifference(a, b, GRID)], [12], 1e-4);
    const halved = { ...GRID, levelsPerUnit: [255, 127.5, 255] };
    assertClose([frameDifference(a, b, halved)], [6], 1e-4);
  });

  it("notices a small thing that moves beneath noise that it passes over", () => {
    const still = frameDifference(picture({ seed: 1, noise: 12 }), picture({ seed: 2, noise: 12 }), GRID);
    assert.ok(still < 6, `${still}`);
    for (const [x, y] of [
      [3, 3],
      [17, 22],
      [40, 31],
    ] as const) {
      const before = picture({ seed: 1, noise: 12, box: { x, y, side: 5 } });
      const after = picture({ seed: 2, noise: 12, box: { x: x + 5, y, side: 5 } });
      assert.ok(frameDifference(before, after, GRID) > 12, `${x}, ${y}`);
    }
  });

  it("does not look at what the last whole blocks leave", () => {
    const [a, b] = [picture(), picture()];
    for (let i = 44 * 60; i < 45 * 60; i++) b[i] = 1;
    assert.equal(frameDifference(a, b, GRID), 0); // 45 px hold six blocks of 7
  });
});
