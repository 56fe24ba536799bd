import assert from "node:assert/strict";
import { foldingLines } from "#notebook/language/folding.ts";

describe("foldingLines", () => {
  it("folds runs of directives and comments", () => {
    assert.deepEqual(foldingLines("%a\n%% b\n%c\nWhat?\n%d\n\n%e\r\n%f"), [
      { start: 0, end: 2 },
      { start: 6, end: 7 },
    ]);
    for (const source of ["", "What?\nWhy?", "%a\nWhat?\n%b"]) assert.deepEqual(foldingLines(source), [], source);
  });
});
