import assert from "node:assert/strict";
import { AimError } from "#core/errors.ts";
import { askColumns } from "#notebook/ask-columns.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const THREE = [{ label: "full" }, { label: "merge 25%" }, { label: "vtw" }];
const record = syntheticRecord();
const stopped = syntheticRecord({ fields: { finish: "cancelled" } });
type Outcome = typeof record | Error;
const cancelled = new AimError("cancelled", "cancelled");

/** Answers with what stands at the place of the column: a record, or an error that is thrown. */
function answers(...outcomes: readonly Outcome[]) {
  const parts: string[] = [];
  const ask = async (_column: unknown, part: string) => {
    const outcome = outcomes[parts.length];
    parts.push(part);
    if (outcome instanceof Error) throw outcome;
    return outcome ?? record;
  };
  return { ask, parts };
}

describe("askColumns", () => {
  it("asks one column after the other and says which", async () => {
    const { ask, parts } = answers();
    const { runs, isComplete } = await askColumns(THREE, ask);
    assert.deepEqual(parts, ["1 of 3: full", "2 of 3: merge 25%", "3 of 3: vtw"]);
    assert.deepEqual(
      runs,
      THREE.map(({ label }) => ({ label, record })),
    );
    assert.equal(isComplete, true);
  });

  it("says nothing of a column that is alone", async () => {
    const { ask, parts } = answers();
    await askColumns([{ label: "own settings" }], ask);
    assert.deepEqual(parts, [""]);
    const { ask: fail } = answers(new AimError("io", "disk full"));
    await assert.rejects(askColumns([{ label: "own settings" }], fail), { message: "disk full" });
  });

  it("keeps what is done when it is stopped", async () => {
    const labels = async (...outcomes: readonly Outcome[]) => {
      const { runs, isComplete } = await askColumns(THREE, answers(...outcomes).ask);
      return [isComplete, ...runs.map(({ label }) => label)];
    };
    assert.deepEqual(await labels(record, cancelled), [false, "full"]);
    assert.deepEqual(await labels(record, stopped), [false, "full", "merge 25%"]);
    assert.deepEqual(await labels(stopped), [false, "full"]);
    await assert.rejects(askColumns(THREE, answers(cancelled).ask), cancelled);
  });

  it("fails with the first column that fails, and names it", async () => {
    const { ask, parts } = answers(record, new AimError("out-of-context", "too long", { hint: "merge more" }));
    await assert.rejects(askColumns(THREE, ask), {
      code: "out-of-context",
      message: "2 of 3: merge 25%: too long",
      hint: "merge more",
    });
    assert.equal(parts.length, 2);
  });
});
