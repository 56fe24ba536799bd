import assert from "node:assert/strict";
import fc from "fast-check";
import { type DiffPart, diffWords } from "#webview/compare/word-diff.ts";

const without = (parts: readonly DiffPart[], kind: DiffPart["kind"]) =>
  parts.map((part) => (part.kind === kind ? "" : part.text)).join("");
const short = (parts: readonly DiffPart[]) =>
  parts.map(({ kind, text }) => `${{ same: " ", removed: "-", added: "+" }[kind]}${text}`);
const words = fc
  .array(fc.constantFrom("a", "b", " ", "\n", ",", "cat", "犬が"), { maxLength: 30 })
  .map((all) => all.join(""));
const text = fc.oneof(words, fc.string({ unit: "grapheme" }));

describe("diffWords", () => {
  it("says what was removed and what was added, word by word", () => {
    assert.deepEqual(short(diffWords("the red disc moves", "the blue disc moves up")), [
      ...[" the ", "-red", "+blue", "  disc moves", "+ up"],
    ]);
  });

  it("takes changes that only blanks keep apart as one", () => {
    assert.deepEqual(short(diffWords("a red disc", "one blue disc")), ["-a red", "+one blue", "  disc"]);
  });

  it("finds words in scripts without blanks", () => {
    assert.deepEqual(short(diffWords("犬が走る", "猫が走る")), ["-犬", "+猫", " が走る"]);
  });

  it("makes up both texts", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = diffWords(before, after);
        assert.equal(without(parts, "added"), before);
        assert.equal(without(parts, "removed"), after);
      }),
    );
  });

  it("has nothing empty, and nothing twice in a row", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = diffWords(before, after);
        for (const [index, part] of parts.entries()) {
          assert.notEqual(part.text, "");
          assert.notEqual(part.kind, parts[index + 1]?.kind);
        }
      }),
    );
  });

  it("marks nothing of a text and itself", () => {
    fc.assert(fc.property(text, (same) => assert.ok(diffWords(same, same).every(({ kind }) => kind === "same"))));
  });

  it("gives up on texts that are far too long, and still makes up both", () => {
    const [before, after] = ["a ".repeat(3000), "b ".repeat(3000)];
    const parts = diffWords(before, after);
    assert.deepEqual([without(parts, "added"), without(parts, "removed")], [before, after]);
  });
});
