import assert from "node:assert/strict";
import type { FrameRecord, RunRecord } from "#core/record.ts";
import { mergedFrames, stepCount } from "#webview/merging/groups.ts";
import { groupText, mergingKind, sizeColours, stepText } from "#webview/merging/model.ts";
import { DOT, syntheticRecord } from "../../support/synthetic-record.ts";

const kindOf = (record: RunRecord) => mergingKind(record, stepCount(mergedFrames(record)));
const plain = syntheticRecord({ frames: 2 });

describe("mergingKind", () => {
  it("has steps where the record has them", () => {
    assert.deepEqual(kindOf(syntheticRecord({ frames: 2, hasMerging: true })), { kind: "steps" });
  });

  it("falls back on the groups of older and of compact records", () => {
    const found = kindOf(plain);
    assert.ok(found.kind === "groups" && found.why.includes("older version"));
  });

  it("says that merging was off", () => {
    const found = kindOf(syntheticRecord({ mergeSteps: [] }));
    assert.ok(found.kind === "nothing" && found.why.includes("Merging was off"));
  });

  it("says what another method did instead", () => {
    const dropped = kindOf({
      ...syntheticRecord({ mergeSteps: [] }),
      settings: { ...plain.settings, method: "random" },
    });
    assert.ok(dropped.kind === "nothing" && dropped.why.includes("at random"));
    const averaged = kindOf({ ...plain, settings: { ...plain.settings, method: "downsample" } });
    assert.ok(averaged.kind === "groups" && averaged.why.includes("coarser grid"));
  });
});

describe("stepText", () => {
  it("names what is shown", () => {
    assert.deepEqual(
      [stepText(0, 2), stepText(1, 2), stepText(1, 0)],
      ["before merging", "after step 1 of 2", "after merging"],
    );
  });
});

describe("sizeColours", () => {
  it("leaves a patch by itself as it is, and gives one colour to one size", () => {
    const [none, small, large, same] = sizeColours(Int32Array.of(1, 2, 8, 2), 8, "viridis");
    assert.equal(none, 0);
    assert.equal(small, same);
    assert.notEqual(small, large);
  });

  it("has a colour for pairs where there are only pairs", () => {
    assert.ok((sizeColours(Int32Array.of(2), 2, "viridis")[0] ?? 0) > 0);
  });
});

describe("groupText", () => {
  const frame: FrameRecord = {
    kind: "frame",
    index: 0,
    timeSeconds: 1,
    rows: 2,
    columns: 3,
    firstToken: 0,
    thumbnail: DOT,
  };

  it("says how a group came to be", () => {
    const made = [
      { step: 1, cosines: [0.98, 0.95] },
      { step: 2, cosines: [0.91] },
    ];
    assert.equal(
      groupText(frame, 4, 4, made),
      "1.0 s, row 2, column 2: 4 patches are one token; step 1 merged 2 pairs at cosine 0.98, 0.95; step 2 merged a pair at cosine 0.91",
    );
  });

  it("names the ends of a long list", () => {
    const cosines = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
    assert.match(groupText(frame, 0, 9, [{ step: 1, cosines }]), /8 pairs at cosine 0.9, .*0.4 … 0.2$/);
  });

  it("has words for what did not merge, and for what was dropped", () => {
    assert.match(groupText(frame, 0, 1, []), /a patch by itself$/);
    assert.match(groupText(frame, 0, 0, []), /dropped before the LLM$/);
  });
});
