import assert from "node:assert/strict";
import type { TextToken } from "#core/attention-trace.ts";
import { tokenChips, visibleText } from "#webview/heatmap/text-tokens.ts";

const tokens: readonly TextToken[] = [
  { text: "<s>", role: "template" },
  { text: "\n", role: "template" },
  { text: "What", role: "question" },
  { text: "</s>", role: "template" },
  { text: " milk", role: "answer" },
];
const words = (isShown: boolean, picked: number) =>
  tokenChips(tokens, isShown, picked).map((chip) => (chip.kind === "folded" ? chip.count : chip.text));

describe("tokenChips", () => {
  it("folds stretches of the template", () => {
    assert.deepEqual(words(false, 4), [2, "What", 1, "milk"]);
  });

  it("shows the template when asked", () => {
    assert.deepEqual(words(true, 4), ["<s>", "⏎", "What", "</s>", "milk"]);
  });

  it("never folds the picked token", () => {
    assert.deepEqual(words(false, 1), [1, "⏎", "What", 1, "milk"]);
  });

  it("keeps the index of each token in the sequence", () => {
    const chips = tokenChips(tokens, false, 4).filter(({ kind }) => kind === "token");
    assert.deepEqual(
      chips.map(({ index }) => index),
      [2, 4],
    );
  });
});

describe("visibleText", () => {
  it("shows white space where there is nothing else", () => {
    assert.deepEqual(["\n\n", "  ", " a", ""].map(visibleText), ["⏎⏎", "␣␣", "a", "∅"]);
  });
});
