import assert from "node:assert/strict";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { type CellData, documentOf, notebookOf } from "#notebook/document.ts";
import { outputData } from "#notebook/document-output.ts";
import { writeNotebook } from "#notebook/file.ts";
import { type Cell, createNotebook } from "#notebook/nbformat.ts";
import { errorOutput, liveOutput, runOutput } from "#notebook/output.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";
import { arbitraryNotebook } from "./arbitrary-notebook.ts";

const code = (fields: object = {}) =>
  ({ cell_type: "code", id: "c", metadata: {}, execution_count: null, source: "", outputs: [], ...fields }) as Cell;
const open = (...cells: Cell[]) => documentOf(createNotebook(cells)).cells;
const save = (cells: Parameters<typeof notebookOf>[0]["cells"]) => notebookOf({ cells }).cells;
const made = (value: string, fields: Partial<CellData> = {}) =>
  ({ kind: 2, value, languageId: "aim", ...fields }) as const;

describe("documentOf", () => {
  it("loses nothing: notebookOf gives the same file", () => {
    fc.assert(
      fc.property(arbitraryNotebook, (notebook) => {
        assert.equal(writeNotebook(notebookOf(documentOf(notebook))), writeNotebook(notebook));
      }),
      { numRuns: 500 },
    );
  });

  it("shows each kind of cell as the editor knows it", () => {
    const attachments = { "a.png": { "image/png": "aGk=" } };
    const cells = open(
      { cell_type: "markdown", id: "m", metadata: { x: 1 }, source: "# A", attachments },
      { cell_type: "raw", id: "r", metadata: {}, source: "raw" },
      code({ source: "What?", execution_count: 3 }),
    );
    assert.deepEqual(cells, [
      {
        kind: 1,
        value: "# A",
        languageId: "markdown",
        metadata: { id: "m", metadata: { x: 1 }, attachments },
        outputs: [],
      },
      { kind: 2, value: "raw", languageId: "raw", metadata: { id: "r", metadata: {} }, outputs: [] },
      {
        ...{ kind: 2, value: "What?", languageId: "aim", metadata: { id: "c", metadata: {} }, outputs: [] },
        executionSummary: { executionOrder: 3, success: true },
      },
    ]);
  });

  it("says that a cell failed if an error is left in it", () => {
    const [cell] = open(code({ execution_count: 1, outputs: [errorOutput(new AimError("io", "disk full"))] }));
    assert.deepEqual(cell?.executionSummary, { executionOrder: 1, success: false });
  });

  it("keeps other languages where other editors keep them", () => {
    const python = code({ metadata: { vscode: { languageId: "python" } } });
    assert.equal(open(python)[0]?.languageId, "python");
    assert.deepEqual(save(open(python)), [python]);
    const strange = code({ metadata: { vscode: { languageId: "raw" } } });
    assert.deepEqual(save(open(strange)), [strange]);
    const [cell] = save([made("x", { languageId: "python", metadata: { metadata: { vscode: { a: 1 } } } })]);
    assert.deepEqual(cell?.metadata, { vscode: { a: 1, languageId: "python" } });
  });

  it("keeps mixed line breaks, which an editor makes all the same, while the text stays", () => {
    const [cell] = open(code({ source: "a\r\nb\rc" }));
    const edited = (value: string) => save([{ ...made(value), metadata: cell?.metadata }])[0]?.source;
    assert.equal(edited("a\nb\nc"), "a\r\nb\rc");
    assert.equal(edited("a\r\nb\r\nc"), "a\r\nb\rc");
    assert.equal(edited("a\nb"), "a\nb");
  });
});

describe("notebookOf", () => {
  it("makes a notebook of this program out of new cells", () => {
    const notebook = notebookOf({ cells: [made("What?"), { kind: 1, value: "# A", languageId: "markdown" }] });
    const ids = notebook.cells.map(({ id }) => id);
    assert.equal(new Set(ids).size, 2);
    assert.deepEqual(
      notebook,
      createNotebook([
        code({ id: ids[0], source: "What?" }),
        { cell_type: "markdown", id: ids[1] ?? "", metadata: {}, source: "# A" },
      ]),
    );
  });

  it("gives a copied cell an id of its own, and leaves that of the first", () => {
    const [cell] = open(code());
    assert.ok(cell);
    const [first, second] = save([cell, cell]);
    assert.equal(first?.id, "c");
    assert.notEqual(second?.id, "c");
    assert.deepEqual({ ...second, id: "c" }, first);
  });

  it("turns a cell into another kind and back", () => {
    const [cell] = open(code({ source: "text", execution_count: 2 }));
    const markup = save([{ ...made("text", { metadata: cell?.metadata ?? {} }), kind: 1, languageId: "markdown" }]);
    assert.deepEqual(markup, [{ cell_type: "markdown", id: "c", metadata: {}, source: "text" }]);
    assert.deepEqual(save(open(...markup).map((each) => made(each.value, { metadata: each.metadata }))), [
      code({ source: "text" }),
    ]);
  });

  it("does not depend on times", () => {
    const at = (startTime: number) => ({
      ...made("a"),
      executionSummary: { executionOrder: 1, success: true, timing: { startTime, endTime: startTime + 1 } },
    });
    assert.deepEqual(save([at(5)]), save([at(7)]));
    assert.equal(save([at(5)])[0]?.execution_count, 1);
  });

  it("saves no run that still goes on", () => {
    const live = outputData(liveOutput({ kind: "live", question: "What?", answer: "a", done: 0, total: 0 }));
    assert.deepEqual(save([made("What?", { outputs: [live] })])[0]?.outputs, []);
  });

  it("saves a finished run the same, whether it took the place of the live one or was read from a file", () => {
    const output = runOutput(syntheticRecord());
    const { items, metadata } = outputData(output);
    for (const outputs of [[{ items }], [{ items, metadata }]]) {
      assert.deepEqual(save([{ ...made("What?"), outputs }])[0]?.outputs, [output]);
    }
  });
});
