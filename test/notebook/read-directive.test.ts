import assert from "node:assert/strict";
import { parseCell } from "#notebook/cell.ts";

const errors = (text: string) => parseCell(text).errors.map(({ line, message }) => [line, message]);
const patches = (text: string) => parseCell(text).directives.flatMap(({ settings }) => settings.patch ?? []);

describe("a budget among other directives", () => {
  it("is what it says", () => {
    assert.deepEqual(patches("%budget 7x\nWhat?"), [{ budget: { kind: "times", value: 7 } }]);
    assert.deepEqual(errors("%budget 7x\n%method aim\n%frames 8\nWhat?"), []);
    assert.deepEqual(errors("%budget 7\nWhat?").length, 1);
  });

  it("contradicts cuts and other methods: the later line is wrong, whole, and does not count", () => {
    assert.deepEqual(errors("%merge 25%\n%budget 7x\nWhat?"), [[1, "%budget and %merge contradict each other"]]);
    assert.deepEqual(errors("%budget 7x\n%prune off\nWhat?"), [[1, "%budget and %prune contradict each other"]]);
    assert.deepEqual(errors("%budget 2s\n%method fastv"), [[1, "a budget is met by method aim, got fastv"]]);
    assert.deepEqual(errors("%method full\n%seed 1\n%budget 15T").length, 1);
    assert.deepEqual(patches("%merge 25%\n%budget 7x"), [{ merge: { retention: 0.25 } }]);
    assert.deepEqual(parseCell("%merge 25%\n%budget 7x").errors[0]?.surplus, { line: 1, start: 0, end: 10 });
    // A line that does not count contradicts nothing.
    assert.deepEqual(errors("%merge 25%\n%budget 7x\n%prune off").length, 1);
  });
});
