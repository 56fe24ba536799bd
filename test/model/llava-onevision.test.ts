import assert from "node:assert/strict";
import { openCheckpoint } from "#model/checkpoint.ts";
import { type LayoutConfig, layOutPicture, layOutVideo } from "#model/families/llava-onevision/layout.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { LLAVA_ONEVISION_7B } from "../../tools/checkpoint/spec.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const vision = {
  layers: 1,
  hidden: 1,
  intermediate: 1,
  heads: 1,
  patchSizePx: 1,
  projected: 1,
  normEpsilon: 1e-6,
} as const;
const activations = { activation: "gelu-tanh", projectorActivation: "gelu" } as const;

/** A model with `side` patches a side and one channel. */
function config(side: number, maxCrops = 9): LayoutConfig {
  return { vision: { ...vision, ...activations, imageSizePx: side }, maxCrops, newline: Float32Array.of(-1) };
}

describe("LLaVA-OneVision's order of tokens", () => {
  const at = temporaryFolder();
  const numbered = (count: number, first: number) => Float32Array.from({ length: count }, (_, i) => first + i);

  it("of a video is its pooled frames and one newline", () => {
    const layout = layOutVideo([numbered(4, 0), numbered(4, 10)], config(3));
    assert.deepEqual(
      layout.groups.map(({ rows, columns }) => [rows, columns]),
      [
        [2, 2],
        [2, 2],
      ],
    );
    assert.deepEqual([...(layout.end ?? [])], [-1]);
  });

  it("of a picture without grid is its base crop and one newline", () => {
    const layout = layOutPicture({ base: numbered(9, 0), widthPx: 50, heightPx: 40 }, config(3));
    assert.equal(layout.groups.length, 1);
    assert.deepEqual([...(layout.end ?? [])], [-1]);
  });

  it("joins crops row by row into one grid", () => {
    const crops = [numbered(4, 0), numbered(4, 10), numbered(4, 20), numbered(4, 30)];
    const { groups } = layOutPicture(
      { base: numbered(4, 90), grid: { rows: 2, columns: 2, crops }, widthPx: 10, heightPx: 10 },
      config(2),
    );
    assert.deepEqual([...(groups[1]?.features ?? [])], [0, 1, 10, 11, 2, 3, 12, 13, 20, 21, 30, 31, 22, 23, 32, 33]);
    assert.deepEqual(
      groups.map(({ rowEnd }) => rowEnd?.[0]),
      [undefined, -1],
    );
  });

  it("cuts the rows and columns that are only padding", () => {
    const crops = [numbered(16, 0), numbered(16, 100)];
    const wide = layOutPicture(
      { base: numbered(16, 0), grid: { rows: 1, columns: 2, crops }, widthPx: 40, heightPx: 10 },
      config(4),
    );
    assert.deepEqual([wide.groups[1]?.rows, wide.groups[1]?.columns], [2, 8]); // 8 columns wide, so 2 rows high, one cut above and below
    assert.deepEqual([...(wide.groups[1]?.features ?? [])].slice(0, 5), [4, 5, 6, 7, 104]);
    const tall = layOutPicture(
      { base: numbered(16, 0), grid: { rows: 2, columns: 1, crops }, widthPx: 10, heightPx: 40 },
      config(4),
    );
    assert.deepEqual([tall.groups[1]?.rows, tall.groups[1]?.columns], [8, 2]);
    assert.deepEqual([...(tall.groups[1]?.features ?? [])].slice(0, 4), [1, 2, 5, 6]);
  });

  it("shrinks a grid that is more than a tenth too large in its sides, in proportion", () => {
    const crops = Array.from({ length: 4 }, (_, i) => numbered(16, 100 * i));
    const picture = { base: numbered(16, 0), grid: { rows: 2, columns: 2, crops }, widthPx: 10, heightPx: 10 };
    const shrunk = layOutPicture(picture, config(4, 1)).groups[1];
    assert.deepEqual([shrunk?.rows, shrunk?.columns], [4, 4]);
    const kept = layOutPicture(picture, config(4, 4)).groups[1];
    assert.deepEqual([kept?.rows, kept?.columns], [8, 8]);
  });

  it("of the real model has 729 tokens a crop and 196 a frame, and crops only for a picture on its own", () => {
    makeCheckpoint(at("7b"), LLAVA_ONEVISION_7B, { isSparse: true });
    const { model, weights } = openCheckpoint(at("7b"));
    weights.close();
    assert.deepEqual([model.tokensPerCrop, model.tokensPerFrame], [729, 196]);
    assert.deepEqual([model.pinpoints(1).length, model.pinpoints(2).length], [36, 0]);
    const grid = { rows: 6, columns: 6, crops: Array.from({ length: 36 }, () => new Float32Array(729 * 3584)) };
    const { groups } = model.layOutPicture({ base: new Float32Array(729 * 3584), grid, widthPx: 4000, heightPx: 4000 });
    assert.deepEqual([groups[1]?.rows, groups[1]?.columns], [81, 81]); // nine crops' worth
  });
});
