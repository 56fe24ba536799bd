import assert from "node:assert/strict";
import { recordToJson } from "#core/record-codec.ts";
import { pageModel } from "#webview/analysis/model.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

describe("the model of an analysis page", () => {
  const run = recordToJson(syntheticRecord());
  const flags = { hasCell: true, canReplay: false };

  it("names a run as the user does, else by its settings", () => {
    const { runs, errors } = pageModel({
      runs: [
        { run, ...flags },
        { run, name: "no pruning", ...flags },
      ],
    });
    assert.deepEqual(
      runs.map(({ name }) => name),
      ["merge\u00a025%, prune\u00a04..7", "no pruning"],
    );
    assert.equal(runs[0]?.record.answer, "right");
    assert.deepEqual(errors, []);
  });

  it("shows the runs that can be read, and says what is wrong with the others", () => {
    const { runs, errors } = pageModel({
      runs: [
        { run: { version: 2 }, ...flags },
        { run, ...flags },
      ],
    });
    assert.deepEqual(
      runs.map(({ name }) => name),
      ["merge\u00a025%, prune\u00a04..7"],
    );
    assert.match(errors[0]?.message ?? "", /^run 1 cannot be shown: record\.version must be 1/);
    assert.ok(errors[0]?.hint);
  });
});
