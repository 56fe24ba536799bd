import assert from "node:assert/strict";
import { joinBundle, joinLines, splitBundle, splitLines } from "#notebook/multiline.ts";

describe("splitLines", () => {
  it("keeps line breaks at the ends of lines", () => {
    assert.deepEqual(splitLines("a\n\nb"), ["a\n", "\n", "b"]);
    assert.deepEqual(splitLines("a\n"), ["a\n"]);
    assert.deepEqual(splitLines("a\r\nb\rc\u2028d"), ["a\r\n", "b\rc\u2028d"]);
  });

  it("gives no lines for an empty text", () => {
    assert.deepEqual(splitLines(""), []);
    assert.equal(joinLines([]), "");
  });
});

describe("splitBundle", () => {
  it("splits texts, and leaves base64 and JSON alone", () => {
    const joined = { "text/x": "a\nb", "image/svg+xml": "<a>\n", "image/png": "aGk=\n", "application/json": "a\nb" };
    const split = {
      "text/x": ["a\n", "b"],
      "image/svg+xml": ["<a>\n"],
      "image/png": "aGk=\n",
      "application/json": "a\nb",
    };
    assert.deepEqual(splitBundle(joined), split);
    assert.deepEqual(joinBundle(split), joined);
  });
});

describe("joinBundle", () => {
  it("joins lists of texts, but not those of JSON types nor other lists", () => {
    const bundle = {
      "image/png": ["aG", "k="],
      "application/x+json": ["a", "b"],
      "text/x": [1],
      "application/jsonx": ["a"],
    };
    const joined = { ...bundle, "image/png": "aGk=", "application/jsonx": "a" };
    assert.deepEqual(joinBundle(bundle), joined);
  });
});
