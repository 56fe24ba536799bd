import assert from "node:assert/strict";
import type { FrameRecord, RunRecord } from "#core/record.ts";
import { describeToken, frameLabel, mediumText, tokenInfo } from "#webview/ui/token-info.ts";
import { DOT, syntheticRecord } from "../../support/synthetic-record.ts";

const frame: FrameRecord = {
  kind: "frame",
  index: 0,
  timeSeconds: 2.25,
  rows: 1,
  columns: 4,
  firstToken: 0,
  thumbnail: DOT,
};
const base = syntheticRecord();
/** Four patches in three tokens: the first two merged; the second token is dropped after layer 4, the third after layer 5. */
const record: RunRecord = {
  ...base,
  visual: {
    count: 3,
    mergedInto: Int32Array.of(0, 0, 1, 2),
    lastLayer: Int16Array.of(7, 4, 5),
    importanceLayers: [4, 5],
    importance: Float32Array.of(0.5, 0.125, 0.25, 0.5, Number.NaN, 0.0625),
  },
};

describe("tokenInfo", () => {
  it("says how many patches a token stands for and when it went", () => {
    const { token, patches, droppedAfter } = tokenInfo(record, frame, 2);
    assert.deepEqual({ token, patches, droppedAfter }, { token: 1, patches: 1, droppedAfter: 4 });
    assert.equal(tokenInfo(record, frame, 1).patches, 2);
  });

  it("takes a token that reaches the last layer as never dropped", () => {
    assert.equal(tokenInfo(record, frame, 0).droppedAfter, undefined);
  });

  it("gives the last importance of a token and its rank among those present then", () => {
    assert.deepEqual(tokenInfo(record, frame, 2).importance, { value: 0.125, layer: 4, rank: 3, of: 3 });
    assert.deepEqual(tokenInfo(record, frame, 3).importance, { value: 0.0625, layer: 5, rank: 2, of: 2 });
  });

  it("does without importance where a record has none", () => {
    const visual = { ...record.visual, importanceLayers: [], importance: new Float32Array(0) };
    assert.equal(tokenInfo({ ...record, visual }, frame, 2).importance, undefined);
  });
});

describe("describeToken", () => {
  it("knows patches that were dropped before the LLM", () => {
    const visual = { ...record.visual, mergedInto: Int32Array.of(0, -1, 1, 2) };
    assert.equal(describeToken(tokenInfo({ ...record, visual }, frame, 1), 3), "dropped before the LLM");
    assert.equal(tokenInfo({ ...record, visual }, frame, 0).patches, 1);
  });

  it("says it in words", () => {
    assert.equal(
      describeToken(tokenInfo(record, frame, 3), 3),
      "token 3 of 3, one patch; dropped after layer 5; importance 0.0625, rank 2 of 2 at layer 5",
    );
    assert.equal(
      describeToken({ token: 0, patches: 4, droppedAfter: undefined, importance: undefined }, 3),
      "token 1 of 3, 4 patches merged; kept to the last layer",
    );
  });
});

describe("labels", () => {
  it("name a frame by its time and a picture by its crop", () => {
    assert.equal(frameLabel(frame), "2.3 s");
    assert.equal(frameLabel({ ...frame, timeSeconds: 125 }), "2:05");
    assert.equal(frameLabel({ ...frame, timeSeconds: 59.97 }), "1:00");
    assert.equal(frameLabel({ ...frame, timeSeconds: 119.7 }), "2:00");
    assert.equal(frameLabel({ ...frame, featuresOf: 2 }), "2.3 s, as frame 3");
    assert.equal(frameLabel({ ...frame, kind: "base" }), "whole picture");
    assert.equal(frameLabel({ ...frame, kind: "grid" }), "crops");
  });

  it("say what is shown of a medium", () => {
    const [medium] = base.media;
    assert.equal(medium && mediumText(medium), "disc-moves.mp4, 320 × 320 px, 8 s, 8 frames");
    const picture = syntheticRecord({ kind: "image" }).media[0];
    assert.equal(picture && mediumText(picture), "three-shapes.jpg, 320 × 320 px");
  });
});
