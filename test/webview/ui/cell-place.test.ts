import assert from "node:assert/strict";
import fc from "fast-check";
import type { FrameRecord } from "#core/record.ts";
import { moveCell } from "#webview/ui/cell-place.ts";
import { DOT } from "../../support/synthetic-record.ts";

const frame = (rows: number, columns: number): FrameRecord => ({
  kind: "frame",
  index: 0,
  timeSeconds: 0,
  rows,
  columns,
  firstToken: 0,
  thumbnail: DOT,
});
const frames = [frame(3, 3), frame(2, 4)];
const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"] as const;

describe("moveCell", () => {
  it("begins at the first cell", () => {
    for (const key of KEYS) assert.deepEqual(moveCell(frames, undefined, key), { frame: 0, cell: 0 });
    assert.equal(moveCell([], undefined, "ArrowRight"), undefined);
  });

  it("moves within a frame", () => {
    const centre = { frame: 0, cell: 4 };
    const cells = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => moveCell(frames, centre, key)?.cell);
    assert.deepEqual(cells, [3, 5, 1, 7]);
  });

  it("passes from frame to frame in the same row, or the nearest there is", () => {
    assert.deepEqual(moveCell(frames, { frame: 0, cell: 5 }, "ArrowRight"), { frame: 1, cell: 4 });
    assert.deepEqual(moveCell(frames, { frame: 0, cell: 8 }, "ArrowRight"), { frame: 1, cell: 4 });
    assert.deepEqual(moveCell(frames, { frame: 1, cell: 4 }, "ArrowLeft"), { frame: 0, cell: 5 });
  });

  it("leaves on Escape and ignores other keys", () => {
    const place = { frame: 0, cell: 4 };
    assert.equal(moveCell(frames, place, "Escape"), undefined);
    assert.equal(moveCell(frames, place, "a"), place);
    assert.equal(moveCell(frames, undefined, "a"), undefined);
  });

  it("never leaves the frames", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...KEYS)), (keys) => {
        const place = keys.reduce<ReturnType<typeof moveCell>>((at, key) => moveCell(frames, at, key), {
          frame: 0,
          cell: 0,
        });
        const { rows, columns } = frames[place?.frame ?? -1] ?? { rows: 0, columns: 0 };
        assert.ok(place && place.cell >= 0 && place.cell < rows * columns);
      }),
    );
  });
});
