import assert from "node:assert/strict";
import fc from "fast-check";
import { nearest } from "#notebook/nearest.ts";

const WORDS = ["image", "video", "frames", "temperature", "top_p", "off", "cpu", "webgpu"];

describe("nearest", () => {
  const meant: readonly (readonly [string, string | undefined])[] = [
    ["vidoe", "video"],
    ["Image", "image"],
    ["frmes", "frames"],
    ["temprature", "temperature"],
    ["temp", "temperature"],
    ["topp", "top_p"],
    ["of", "off"],
    ["gpu", "webgpu"],
    ["kitchen", undefined],
    ["", undefined],
  ];
  for (const [word, expected] of meant) {
    it(`reads ${JSON.stringify(word)} as ${expected}`, () => {
      assert.equal(nearest(word, WORDS), expected);
    });
  }

  it("finds a long word again after any one edit", () => {
    fc.assert(
      fc.property(fc.constantFrom("temperature", "max_tokens", "precision"), fc.nat(9), fc.nat(3), (word, at, kind) => {
        const [before, after] = [word.slice(0, at), word.slice(at)];
        const edited = [
          `${before}~${after}`,
          before + after.slice(1),
          `${before}~${after.slice(1)}`,
          before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2),
        ][kind];
        assert.equal(nearest(edited ?? "", ["top_p", "temperature", "max_tokens", "precision", "prune"]), word);
      }),
    );
  });

  it("gives a tie to the earlier word", () => {
    assert.equal(nearest("cat", ["car", "cap"]), "car");
    assert.equal(nearest("cat", ["cap", "car"]), "cap");
  });
});
