import assert from "node:assert/strict";
import { comparisonFromJson, comparisonToJson, isComparison, recordsFromJson } from "#core/comparison.ts";
import { recordToJson } from "#core/record-codec.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const viaText = (json: unknown): unknown => JSON.parse(JSON.stringify(json));
const jpeg = (character: string, length = 40) => `data:image/jpeg;base64,${character.repeat(length)}`;
const thumbnail = (frame: number) => jpeg(String.fromCharCode(65 + frame));
const runs = [
  { label: "own settings", record: syntheticRecord({ thumbnail }) },
  { label: "full", record: syntheticRecord({ thumbnail, mergeSteps: [], prune: "off" }) },
  { label: "4 frames", record: syntheticRecord({ thumbnail, frames: 4 }) },
];
const thumbnails = (json: unknown) => JSON.stringify(json).match(/data:image/g)?.length;

describe("comparisonToJson and comparisonFromJson", () => {
  it("give back the runs, each as it was", () => {
    assert.deepEqual(comparisonFromJson(viaText(comparisonToJson(runs))), runs);
  });

  it("write the thumbnails of the same frames once", () => {
    assert.equal(thumbnails(comparisonToJson(runs.slice(0, 2))), 8);
    assert.equal(thumbnails(comparisonToJson(runs)), 8 + 4);
  });

  it("keep pictures apart that differ, though the frames look the same", () => {
    const other = { label: "other", record: syntheticRecord({ thumbnail: () => jpeg("Z") }) };
    const json = comparisonToJson([...runs.slice(0, 1), other]);
    assert.equal(thumbnails(json), 16);
    assert.deepEqual(comparisonFromJson(viaText(json))[1], other);
  });

  it("keep each run within the limit", () => {
    const large = (prune: "off" | undefined) =>
      syntheticRecord({ frames: 32, thumbnail: () => jpeg("A", 4000), ...(prune && { prune }) });
    const json = comparisonToJson(
      [
        { label: "a", record: large(undefined) },
        { label: "b", record: large("off") },
      ],
      30_000,
    );
    assert.ok(JSON.stringify(json).length < 2 * 30_000 + 200);
    const [first, second] = comparisonFromJson(viaText(json));
    assert.deepEqual(second?.record.media, first?.record.media);
    assert.ok(first?.record.media[0]?.frames[0]?.thumbnail !== "");
  });

  it("refuse what is no comparison, and say which run is wrong", () => {
    const json = (fields: object) => ({ kind: "comparison", version: 1, runs: [], ...fields });
    assert.throws(() => comparisonFromJson(json({ kind: "live" })), /comparison\.kind must be one of comparison/);
    assert.throws(() => comparisonFromJson(json({ version: 2 })), /comparison\.version must be 1/);
    assert.throws(() => comparisonFromJson(json({})), /comparison\.runs must be at least one run/);
    assert.throws(() => comparisonFromJson(json({ runs: [{ label: 1, run: {} }] })), /runs\[0\]\.label must be a text/);
    assert.throws(() => comparisonFromJson(json({ runs: [{ label: "a", run: {} }] })), {
      name: "AimError",
      message: /^run "a": record\.version must be 1/,
    });
  });
});

describe("recordsFromJson", () => {
  it("reads the runs of a comparison, or the one of a run", () => {
    const records = runs.map(({ record }) => record);
    assert.deepEqual(recordsFromJson(viaText(comparisonToJson(runs))), records);
    assert.deepEqual(recordsFromJson(viaText(recordToJson(syntheticRecord({ thumbnail })))), records.slice(0, 1));
    assert.deepEqual(
      [isComparison(comparisonToJson(runs)), isComparison({}), isComparison(null)],
      [true, false, false],
    );
  });
});
