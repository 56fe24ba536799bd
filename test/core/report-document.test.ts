import assert from "node:assert/strict";
import { recordToJson } from "#core/record-codec.ts";
import { readEntry, reportFromJson } from "#core/report-document.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

describe("a report document", () => {
  it("is read with what it has, and nothing more", () => {
    const entries = [{ heading: "one" }, { markdown: "two", run: { any: 1 } }, { error: { message: "three" } }, {}];
    assert.deepEqual(reportFromJson({ title: "t", entries, more: 1 }), { title: "t", entries });
  });

  it("is refused where it is not one", () => {
    assert.throws(() => reportFromJson([]), /report must be an object/);
    assert.throws(() => reportFromJson({ title: "t" }), /report\.entries must be a list/);
    assert.throws(
      () => reportFromJson({ title: "t", entries: [{ markdown: 3 }] }),
      /report\.entries\[0\]\.markdown must be a text, got 3/,
    );
  });
});

describe("readEntry", () => {
  it("reads the run of an entry", () => {
    const record = syntheticRecord();
    const read = readEntry({ heading: "h", run: recordToJson(record) });
    assert.deepEqual(read, { heading: "h", markdown: undefined, record, comparison: undefined, error: undefined });
  });

  it("turns a run that cannot be read into an error", () => {
    const { record, error } = readEntry({ run: { version: 9 } });
    assert.equal(record, undefined);
    assert.match(error?.message ?? "", /^this run cannot be shown: record\.version must be 1/);
    assert.ok(error?.hint);
  });

  it("keeps the error that an entry has already", () => {
    assert.deepEqual(readEntry({ run: 5, error: { message: "first" } }).error, { message: "first" });
  });
});
