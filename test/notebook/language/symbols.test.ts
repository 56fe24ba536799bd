import assert from "node:assert/strict";
import fc from "fast-check";
import { cellLabel, cellSymbols } from "#notebook/language/symbols.ts";
import { textLines } from "#notebook/line.ts";
import { arbitraryText } from "./cursor.ts";

describe("cellSymbols", () => {
  it("has each directive, and the question as one", () => {
    const short = cellSymbols("%video a b.mp4 frames=3\n%\n\n \\%What?\n%% note\nand why? \n%seed 1").map((symbol) => [
      ...[symbol.kind, symbol.name, symbol.detail],
      ...[symbol.range.start.line, symbol.range.end.line, symbol.range.end.character],
      ...[symbol.selectionRange.start.line, symbol.selectionRange.end.line, symbol.selectionRange.end.character],
    ]);
    assert.deepEqual(short, [
      ["directive", "%video", "a b.mp4 frames=3", 0, 0, 23, 0, 0, 6],
      ["directive", "%", "", 1, 1, 1, 1, 1, 1],
      ["question", "\\%What?", "", 3, 5, 9, 3, 3, 8],
      ["directive", "%seed", "1", 6, 6, 7, 6, 6, 5],
    ]);
  });

  it("gives a result for any text, with names and with selections inside their ranges", () => {
    fc.assert(
      fc.property(arbitraryText, (source) => {
        const lines = textLines(source);
        for (const { name, range, selectionRange } of cellSymbols(source)) {
          assert.ok(name !== "");
          assert.ok(range.start.line <= range.end.line && range.end.line < lines.length);
          assert.ok(selectionRange.start.line === range.start.line);
          assert.ok(selectionRange.end.line < range.end.line || selectionRange.end.character <= range.end.character);
        }
      }),
    );
  });
});

describe("cellLabel", () => {
  it("is the first line of the question, else the directives", () => {
    assert.equal(cellLabel("%seed 1\n\n  What?\nWhy?"), "What?");
    assert.equal(cellLabel("\\%a?"), "%a?");
    assert.equal(cellLabel("%seed 1\n%% note\n%merge off"), "%seed %merge");
    assert.equal(cellLabel(""), "");
  });

  it("is short", () => {
    assert.equal(cellLabel("a".repeat(81)), `${"a".repeat(79)}…`);
    assert.equal(cellLabel("a".repeat(80)), "a".repeat(80));
  });
});
