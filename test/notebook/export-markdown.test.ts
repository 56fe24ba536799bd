import assert from "node:assert/strict";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { exportMarkdown } from "#notebook/export-markdown.ts";
import { type Cell, createNotebook } from "#notebook/nbformat.ts";
import { errorOutput, runOutput } from "#notebook/output.ts";
import { markdownSummary } from "#notebook/run-markdown.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";
import { arbitraryNotebook } from "./arbitrary-notebook.ts";

const code = (source: string, outputs: readonly object[] = []) =>
  ({ cell_type: "code", id: "c", metadata: {}, execution_count: null, source, outputs }) as Cell;
const prose = (source: string, attachments = {}): Cell => ({
  ...{ cell_type: "markdown", id: "m", metadata: {}, source, attachments },
});
const display = (data: object) => ({ output_type: "display_data", metadata: {}, data });
const text = (...cells: Cell[]) => exportMarkdown(createNotebook(cells));

describe("exportMarkdown", () => {
  it("writes prose, code and what it gave, a line apart", () => {
    const record = syntheticRecord();
    const cells = [prose("# A\n\nText\n\n"), code("%seed 1\nWhat?", [runOutput(record)]), code("Why?")];
    assert.equal(
      text(...cells),
      `# A\n\nText\n\n\`\`\`aim\n%seed 1\nWhat?\n\`\`\`\n\n${markdownSummary(record)}\n\n\`\`\`aim\nWhy?\n\`\`\`\n`,
    );
  });

  it("lets no text of a cell end its block", () => {
    assert.equal(text(code("````\n<b>")), "`````aim\n````\n<b>\n`````\n");
  });

  it("writes failures as quotes, their words as text", () => {
    const failed = errorOutput(new AimError("not-found", "no file *a*.mp4\nno b", { hint: "check `it`" }));
    assert.equal(
      text(code("What?", [failed]))
        .split("\n\n")
        .slice(1)
        .join("\n\n"),
      "> **not-found** no file \\*a\\*.mp4\n> no b\n> \n> check \\`it\\`\n",
    );
  });

  it("takes of each output the form that says most", () => {
    const output = (data: object) => text(code("?", [display(data)])).slice("```aim\n?\n```\n\n".length);
    assert.equal(output({ "text/markdown": "**a**", "text/plain": "a", "image/png": "aGk=" }), "**a**\n");
    assert.equal(output({ "text/plain": "a", "image/png": "aG\nk=\n" }), "![output](data:image/png;base64,aGk=)\n");
    assert.equal(output({ "image/svg+xml": "<svg/>" }), "![output](data:image/svg+xml;base64,PHN2Zy8+)\n");
    assert.equal(output({ "text/plain": "a" }), "```\na\n```\n");
    assert.equal(output({ "application/json": {} }), "");
    assert.equal(text(code("?", [{ output_type: "stream", name: "stdout", text: "a\n" }])).slice(14), "```\na\n```\n");
    assert.equal(text(code("?", [{ output_type: "later" }])), "```aim\n?\n```\n");
  });

  it("holds the pictures that are attached to prose", () => {
    const attachments = { "a b.png": { "image/png": "aGk=" } };
    assert.equal(
      text(prose("![](attachment:a%20b.png) ![](attachment:a b.png) ![](attachment:c.png)", attachments)),
      "![](data:image/png;base64,aGk=) ![](data:image/png;base64,aGk=) ![](attachment:c.png)\n",
    );
  });

  it("writes raw cells as they are written", () => {
    assert.equal(text({ cell_type: "raw", id: "r", metadata: {}, source: "*a*" }), "```\n*a*\n```\n");
  });

  it("takes any notebook", () => {
    fc.assert(fc.property(arbitraryNotebook, (notebook) => assert.equal(typeof exportMarkdown(notebook), "string")));
  });
});
