import assert from "node:assert/strict";
import fc from "fast-check";
import { borderPath, countPresent, coverPath, frameTokens, isPresent } from "#webview/ui/token-grid.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const record = syntheticRecord();
const { visual } = record;
const frames = record.media.flatMap((medium) => medium.frames);

describe("frameTokens", () => {
  it("takes every encoded token to exactly one frame", () => {
    const all = frames.flatMap((frame) => [...frameTokens(frame, visual)]);
    assert.deepEqual(all, [...visual.mergedInto]);
  });
});

describe("isPresent and countPresent", () => {
  it("never bring a token back in a later layer", () => {
    const counts = record.tokens.perLayer.map((_, layer) => countPresent(visual, layer));
    assert.deepEqual(counts, [105, 105, 105, 105, 105, 70, 35, 0]);
  });

  it("count a token as present up to and including its last layer", () => {
    const one = { ...visual, lastLayer: Int16Array.of(4) };
    assert.deepEqual(
      [4, 5].map((layer) => isPresent(one, 0, layer)),
      [true, false],
    );
    assert.equal(isPresent(one, 7, 0), false);
  });
});

describe("coverPath", () => {
  it("has one rectangle for each stretch of a row, which reaches beyond the rim", () => {
    const cells = [0, 1, 4];
    assert.equal(
      coverPath({ rows: 2, columns: 3 }, (cell) => cells.includes(cell)),
      "M-0.1 -0.1H2V1H-0.1zM1 1H2V2.1H1z",
    );
  });

  it("covers the cells that are in and no others", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (cells) => {
        const path = coverPath({ rows: 3, columns: 4 }, (cell) => cells[cell] === true);
        const boxes = [...path.matchAll(/M(.+?) (.+?)H(.+?)V(.+?)H/g)].map((match) => match.slice(1).map(Number));
        const isCovered = (x: number, y: number) =>
          boxes.some(([left = 0, top = 0, right = 0, bottom = 0]) => x > left && x < right && y > top && y < bottom);
        for (const [cell, isIn] of cells.entries()) {
          assert.equal(isCovered((cell % 4) + 0.5, Math.floor(cell / 4) + 0.5), isIn);
        }
      }),
    );
  });
});

describe("borderPath", () => {
  it("draws the rim of a grid of one label in four strokes", () => {
    assert.equal(
      borderPath({ rows: 2, columns: 3 }, () => 1, 0),
      "M0 0h3M0 2h3M0 0v2M3 0v2",
    );
  });

  it("draws nothing where all is as outside", () => {
    assert.equal(
      borderPath({ rows: 2, columns: 3 }, () => 0, 0),
      "",
    );
  });

  it("has as much border as neighbours of different labels", () => {
    const grid = fc.record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) });
    fc.assert(
      fc.property(
        grid,
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 36, maxLength: 36 }),
        ({ rows, columns }, labels) => {
          const at = (row: number, column: number) =>
            row < 0 || column < 0 || row >= rows || column >= columns ? 0 : labels[row * columns + column];
          let different = 0;
          for (let row = 0; row <= rows; row++) {
            for (let column = 0; column <= columns; column++) {
              if (at(row, column) !== at(row - 1, column)) different++;
              if (at(row, column) !== at(row, column - 1)) different++;
            }
          }
          const lengths = borderPath({ rows, columns }, (cell) => labels[cell], 0).matchAll(/[hv](\d+)/g);
          assert.equal(
            [...lengths].reduce((sum, [, length]) => sum + Number(length), 0),
            different,
          );
        },
      ),
    );
  });
});
