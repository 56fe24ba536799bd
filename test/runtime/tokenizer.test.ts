import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { Tokenizer } from "#runtime/tokenizer.ts";
import { assertAimError } from "../support/assert-error.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FIXTURES = path.join(import.meta.dirname, "../fixtures/tokenizers");

/** A text, its ids and what they are decoded to, by the reference implementation (tools/golden/tokenizers.ts). */
type Case = readonly [text: string, ids: readonly number[], decoded: string];

const KINDS = {
  qwen2: "byte-level BPE, as Qwen2 has it",
  llama: "sentencepiece-style BPE with byte fallback, as Llama has it",
};

for (const [name, kind] of Object.entries(KINDS)) {
  describe(`Tokenizer: ${kind}`, () => {
    const tokenizer = Tokenizer.open(path.join(FIXTURES, name));
    const cases: readonly Case[] = JSON.parse(readFileSync(path.join(FIXTURES, name, "expected.json"), "utf8"));

    it("gives the ids of the reference for hard strings", () => {
      assert.ok(cases.length > 400);
      for (const [text, ids] of cases) assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
    });

    it("gives the texts of the reference back", () => {
      for (const [text, ids, decoded] of cases) {
        // The library loses a byte order mark that begins a text and is in no vocabulary.
        const expected = tokenizer.decode(ids).startsWith("\ufeff") ? decoded : decoded.replace(/^\ufeff/, "");
        assert.equal(tokenizer.decode(ids), expected, JSON.stringify(text));
      }
    });

    it("takes halves of characters as what they are: no character", () => {
      assert.deepEqual(tokenizer.encode("a\ud800b"), tokenizer.encode("a\ufffdb"));
    });

    it("loses nothing of a text that has no special tokens in it", () => {
      fc.assert(
        fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (any) => {
          const text = any.normalize("NFC").replaceAll("▁", "_");
          assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
        }),
      );
    });
  });
}

describe("Tokenizer", () => {
  const folder = temporaryFolder();

  it("begins Llama's prompts with one token for the beginning, and Qwen2's with none", () => {
    assert.deepEqual(Tokenizer.open(path.join(FIXTURES, "llama")).prefix, [1]);
    assert.deepEqual(Tokenizer.open(path.join(FIXTURES, "qwen2")).prefix, []);
  });

  it("says which file is missing", () => {
    assertAimError(() => Tokenizer.open(folder()), { code: "not-found", message: /tokenizer\.json/, hint: /./ });
  });
});
