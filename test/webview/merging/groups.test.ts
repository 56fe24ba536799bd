import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunRecord } from "#core/record.ts";
import {
  groupsAfter,
  groupsOfRun,
  meetings,
  mergedFrames,
  mergedPlaces,
  sizeCounts,
  sizesOf,
  stepCount,
  tokensAfter,
} from "#webview/merging/groups.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const COUNTS = [24, 12] as const;
const record = syntheticRecord({ frames: 3, mergeSteps: COUNTS, hasMerging: true });
const frames = mergedFrames(record);

/** Six tokens: 0 and 4 merge into 1, 2 stays; then 2, which is row 0, merges into the group. */
const steps = [
  { rows: Int32Array.of(1, 1, 0, 2, 1, 3), similarity: Float32Array.of(0.875, 0.25, 0.75) },
  { rows: Int32Array.of(0, 0, 1, 2), similarity: Float32Array.of(0.5, 0.125) },
] as const;

describe("groups", () => {
  it("come from the steps one after the other", () => {
    assert.deepEqual([...groupsAfter(6, steps, 0)], [0, 1, 2, 3, 4, 5]);
    assert.deepEqual([...groupsAfter(6, steps, 1)], [1, 1, 0, 2, 1, 3]);
    assert.deepEqual([...groupsAfter(6, steps, 2)], [0, 0, 0, 1, 0, 2]);
    assert.deepEqual(steps.map(tokensAfter), [4, 3]);
  });

  it("part the tokens of a frame at every step: as many as merged are fewer", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 24 }),
        fc.nat(12),
        (count, first, second) => {
          const merged = syntheticRecord({ frames: count, mergeSteps: [first, second], hasMerging: true });
          for (const { frame, steps: made } of mergedFrames(merged)) {
            for (const [step, left] of [49, 49 - first, 49 - first - second].entries()) {
              const groups = groupsAfter(frame.rows * frame.columns, made, step);
              assert.equal(groups.length, 49);
              assert.deepEqual(new Set(groups), new Set(Array.from({ length: left }, (_, group) => group)));
            }
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it("of all steps are those of the record, however they are numbered", () => {
    const { ids } = groupsOfRun(record, COUNTS.length);
    const { mergedInto } = record.visual;
    const names = new Map<number, number>();
    for (const [patch, id] of ids.entries()) {
      const token = mergedInto[patch] ?? -1;
      assert.equal(names.get(id) ?? token, token);
      names.set(id, token);
    }
    assert.equal(names.size, new Set(mergedInto).size);
  });

  it("hold every patch once", () => {
    for (const step of [0, 1, 2]) {
      const { sizes } = groupsOfRun(record, step);
      assert.equal(
        sizes.reduce((sum, size) => sum + size, 0),
        record.tokens.encoded,
      );
      const counted = sizeCounts(sizes);
      assert.equal(
        counted.reduce((sum, { groups }) => sum + groups, 0),
        3 * (step === 0 ? 49 : step === 1 ? 25 : 13),
      );
    }
  });

  it("are those of the record where the steps are not known, but none before merging", () => {
    const { merging: _, ...rest } = record;
    const older: RunRecord = rest;
    assert.equal(stepCount(mergedFrames(older)), 0);
    assert.deepEqual(groupsOfRun(older, 1).ids, record.visual.mergedInto);
    assert.deepEqual([...groupsOfRun(older, 0).ids], [...record.visual.mergedInto.keys()]);
  });

  it("count what was dropped in no group", () => {
    assert.deepEqual([...sizesOf(Int32Array.of(0, -1, 0, 1), 2)], [2, 1]);
    assert.deepEqual(sizeCounts(Int32Array.of(2, 1, 0, 1)), [
      { size: 1, groups: 2 },
      { size: 2, groups: 1 },
    ]);
  });
});

describe("mergedPlaces", () => {
  it("are the even places that share a row with an odd one", () => {
    assert.deepEqual(steps.map(mergedPlaces), [[0, 4], [0]]);
  });

  it("are as many as each step merges", () => {
    for (const { steps: made } of frames)
      assert.deepEqual(
        made.map((step) => mergedPlaces(step).length),
        COUNTS,
      );
  });
});

describe("meetings", () => {
  it("tell the cosines of each step that made a group", () => {
    assert.deepEqual(meetings(6, steps, 2, 0), [
      { step: 1, cosines: [0.875, 0.75] },
      { step: 2, cosines: [0.5] },
    ]);
    assert.deepEqual(meetings(6, steps, 1, 2), []);
    assert.deepEqual(meetings(6, steps, 2, 3), []);
  });

  it("are one fewer than the patches of the group", () => {
    const { ids, sizes } = groupsOfRun(record, 2);
    for (const { frame, steps: made } of frames) {
      for (const cell of [0, 17, 48]) {
        const pairs = meetings(49, made, 2, cell).reduce((sum, { cosines }) => sum + cosines.length, 0);
        assert.equal(pairs, (sizes[ids[frame.firstToken + cell] ?? -1] ?? 0) - 1);
      }
    }
  });
});
