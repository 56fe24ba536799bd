import assert from "node:assert/strict";
import { shownFrames, tileHeight, tilesInRow } from "#webview/renderer/film.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const framesOf = (count: number) =>
  syntheticRecord({ frames: count, side: 1, mergeSteps: [], prune: "off" }).media[0]?.frames ?? [];
const shown = (count: number, isWhole: boolean) =>
  shownFrames(framesOf(count), isWhole).map(({ timeSeconds }) => timeSeconds);

describe("shownFrames", () => {
  it("shows all of a few", () => {
    assert.equal(shown(48, false).length, 48);
  });

  it("shows every second, fourth ... of many, from the first on", () => {
    assert.deepEqual(shown(49, false).slice(0, 3), [0, 2, 4]);
    assert.deepEqual(shown(192, false).slice(-2), [184, 188]);
  });

  it("shows all when asked, up to what any setting allows", () => {
    assert.equal(shown(192, true).length, 192);
    assert.equal(shown(1100, true).length, 1024);
  });
});

describe("tilesInRow", () => {
  it("has room for a picture more when there is one more and its gap", () => {
    assert.deepEqual(
      [199, 200, 303, 304].map((widthPx) => tilesInRow(8, 1, widthPx)),
      [1, 2, 2, 3],
    );
  });

  it("gives narrow pictures the room of their caption, and shows one in any case", () => {
    assert.equal(tilesInRow(8, 0.1, 168), 2);
    assert.equal(tilesInRow(8, 1, 10), 1);
  });

  it("has larger pictures where there are one or two", () => {
    assert.ok(tileHeight(2) > tileHeight(3));
  });
});
