import assert from "node:assert/strict";
import { codeSpan, escapeMarkdown, fencedBlock } from "#notebook/markdown-text.ts";

describe("markdown text", () => {
  it("escapes what would be markup", () => {
    assert.equal(escapeMarkdown("a_b *c* <d> [e](f) #1 $x$ |"), "a\\_b \\*c\\* \\<d\\> \\[e\\](f) \\#1 \\$x\\$ \\|");
  });

  it("writes code in a line, with more backticks than there are inside", () => {
    assert.equal(codeSpan("a"), "`a`");
    assert.equal(codeSpan("a`b``c"), "```a`b``c```");
    assert.equal(codeSpan("`"), "`` ` ``");
    assert.equal(codeSpan(" a "), "`  a  `");
  });

  it("writes blocks, with a longer fence than there is inside", () => {
    assert.equal(fencedBlock("a", "aim"), "```aim\na\n```");
    assert.equal(fencedBlock("a\n"), "```\na\n```");
    assert.equal(fencedBlock(""), "```\n```");
    assert.equal(fencedBlock("```\n````"), "`````\n```\n````\n`````");
  });
});
