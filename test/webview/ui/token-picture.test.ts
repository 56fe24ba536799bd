import assert from "node:assert/strict";
import { drawable, fillCells, frameIds, type TokenPicture } from "#webview/ui/token-picture.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const picture: TokenPicture = {
  ids: Int32Array.of(9, 0, 0, 1, -1, 9),
  colours: Uint32Array.of(7, 8),
  gone: Uint8Array.of(0, 1),
  areBordersShown: false,
};

describe("fillCells", () => {
  it("colours every cell of a token alike, and hatches what is gone or was dropped before", () => {
    const [pixels, mask] = [new Uint32Array(4), new Uint8Array(4)];
    const ids = Int32Array.of(0, 0, 1, -1);
    assert.deepEqual(fillCells(ids, picture, pixels, mask), { isMaskNew: true, isHatched: true });
    assert.deepEqual([...pixels], [7, 7, 0, 0]);
    assert.deepEqual([...mask], [0, 0, 1, 1]);
    assert.equal(fillCells(ids, picture, pixels, mask).isMaskNew, false);
  });

  it("forgets what was hatched before", () => {
    const [pixels, mask] = [new Uint32Array(1), Uint8Array.of(1)];
    const result = fillCells(Int32Array.of(0), picture, pixels, mask);
    assert.deepEqual([result, pixels[0], mask[0]], [{ isMaskNew: true, isHatched: false }, 7, 0]);
  });
});

describe("frames", () => {
  const [known] = syntheticRecord().media[0]?.frames ?? [];
  assert.ok(known);

  it("know their own ids", () => {
    assert.deepEqual([...frameIds({ ...known, rows: 2, columns: 2, firstToken: 1 }, picture.ids)], [0, 0, 1, -1]);
  });

  it("are drawn without cells if they claim too many", () => {
    assert.equal(drawable(known), known);
    assert.equal(drawable({ ...known, rows: 1e6, columns: 1e6 }).rows, 0);
  });
});
