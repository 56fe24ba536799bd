import assert from "node:assert/strict";
import { proseBlocks, proseSpans } from "#webview/ui/prose-model.ts";

describe("proseBlocks", () => {
  it("tells headings, paragraphs and lists apart", () => {
    const markdown = "# Title\nA paragraph\nin two lines.\n\n- one\n- two,\n  longer\n\n1. first\n2. second\n\n## End";
    assert.deepEqual(proseBlocks(markdown), [
      { kind: "heading", text: "Title" },
      { kind: "paragraph", text: "A paragraph in two lines." },
      { kind: "list", items: ["one", "two, longer"] },
      { kind: "list", items: ["first", "second"] },
      { kind: "heading", text: "End" },
    ]);
  });

  it("sees a list that follows a paragraph at once", () => {
    assert.deepEqual(proseBlocks("Two things:\n- a\n- b"), [
      { kind: "paragraph", text: "Two things:" },
      { kind: "list", items: ["a", "b"] },
    ]);
  });

  it("keeps fenced code as it is", () => {
    assert.deepEqual(proseBlocks("before\n```text\n# no heading\n\n- no list\n```\nafter"), [
      { kind: "paragraph", text: "before" },
      { kind: "code", text: "# no heading\n\n- no list" },
      { kind: "paragraph", text: "after" },
    ]);
  });

  it("has nothing to say about nothing", () => {
    assert.deepEqual(proseBlocks(" \n\n"), []);
  });
});

describe("proseSpans", () => {
  it("marks code, strong and emphasis", () => {
    assert.deepEqual(proseSpans("a `%merge 25%` **b** *c* d"), [
      { kind: "text", text: "a " },
      { kind: "code", text: "%merge 25%" },
      { kind: "text", text: " " },
      { kind: "strong", text: "b" },
      { kind: "text", text: " " },
      { kind: "emphasis", text: "c" },
      { kind: "text", text: " d" },
    ]);
  });

  it("leaves lone signs and HTML as text", () => {
    const line = "2 * 3 * 4 <b>x</b> `open";
    assert.deepEqual(proseSpans(line), [{ kind: "text", text: line }]);
  });

  it("keeps the words of a link and loads nothing", () => {
    assert.deepEqual(proseSpans("see [the paper](https://example.org) ![fig](a.png)"), [
      { kind: "text", text: "see the paper fig" },
    ]);
  });
});
