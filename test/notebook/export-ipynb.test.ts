import assert from "node:assert/strict";
import { exportIpynb } from "#notebook/export-ipynb.ts";
import { createNotebook } from "#notebook/nbformat.ts";

describe("exportIpynb", () => {
  it("marks the notebook with its kernel and language, and leaves all else", () => {
    const marked = createNotebook([{ cell_type: "markdown", id: "m", metadata: {}, source: "a" }]);
    const other = { ...marked, metadata: { title: "T", kernelspec: { name: "python3" } }, extra: 1 };
    assert.deepEqual(exportIpynb(other), { ...marked, metadata: { ...marked.metadata, title: "T" }, extra: 1 });
    assert.deepEqual(exportIpynb(marked), marked);
  });
});
