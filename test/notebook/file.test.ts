import assert from "node:assert/strict";
import fc from "fast-check";
import { readNotebook, writeNotebook } from "#notebook/file.ts";
import { createNotebook, type Notebook } from "#notebook/nbformat.ts";
import { arbitraryNotebook, plain } from "./arbitrary-notebook.ts";

const code = (source: string, outputs: unknown = []) => ({
  cell_type: "code",
  id: "c",
  metadata: {},
  execution_count: null,
  source,
  outputs,
});
const file = (cells: unknown, rest: object = {}) =>
  JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells, ...rest });

const TWO_CELLS = createNotebook([
  { cell_type: "markdown", id: "m", metadata: {}, source: "# Title\n\nText" },
  {
    ...{ cell_type: "code", id: "c", metadata: { tags: [] }, execution_count: 1, source: "%seed 1\nWhat?\n" },
    outputs: [
      {
        output_type: "display_data",
        metadata: {},
        data: { "text/markdown": "a\nb", "application/x+json": ["a", "b"], "image/png": "aGk=" },
      },
    ],
  },
]);

const TWO_CELLS_FILE = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "m",
   "metadata": {},
   "source": [
    "# Title\\n",
    "\\n",
    "Text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "c",
   "metadata": {
    "tags": []
   },
   "outputs": [
    {
     "data": {
      "application/x+json": [
       "a",
       "b"
      ],
      "image/png": "aGk=",
      "text/markdown": [
       "a\\n",
       "b"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    }
   ],
   "source": [
    "%seed 1\\n",
    "What?\\n"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "AIM",
   "language": "aim",
   "name": "aim"
  },
  "language_info": {
   "name": "aim"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

/** `value` with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe("writeNotebook", () => {
  it("writes nbformat 4.5 as other programs do", () => {
    assert.equal(writeNotebook(TWO_CELLS), TWO_CELLS_FILE);
  });

  it("writes what readNotebook reads back, unknown fields and foreign outputs included", () => {
    fc.assert(
      fc.property(arbitraryNotebook, (one) =>
        assert.deepStrictEqual(plain(readNotebook(writeNotebook(one))), plain(one)),
      ),
    );
  });

  it("writes its own files again byte by byte", () => {
    fc.assert(
      fc.property(arbitraryNotebook.map(writeNotebook), (text) =>
        assert.equal(writeNotebook(readNotebook(text)), text),
      ),
    );
  });

  it("gives the same bytes whatever the order of keys in memory", () => {
    fc.assert(
      fc.property(arbitraryNotebook, (one) =>
        assert.equal(writeNotebook(reversed(one) as Notebook), writeNotebook(one)),
      ),
    );
  });
});

describe("readNotebook", () => {
  it("reads texts as strings and as lists of lines", () => {
    const outputs = [
      { output_type: "stream", name: "stdout", text: ["a\n", "b"] },
      {
        output_type: "execute_result",
        execution_count: 2,
        metadata: {},
        data: { "text/plain": ["a\n", "b"], "image/png": ["aG", "k="] },
      },
      { output_type: "display_data", metadata: {}, data: { "application/json": ["a", "b"], "text/x": [1] } },
    ];
    const asList = readNotebook(file([{ ...code("", outputs), source: ["a\n", "b"] }]));
    const asText = readNotebook(file([code("a\nb", outputs)]));
    assert.deepEqual(asList, asText);
    assert.deepEqual(asList.cells[0]?.outputs, [
      { output_type: "stream", name: "stdout", text: "a\nb" },
      {
        output_type: "execute_result",
        execution_count: 2,
        metadata: {},
        data: { "text/plain": "a\nb", "image/png": "aGk=" },
      },
      { output_type: "display_data", metadata: {}, data: { "application/json": ["a", "b"], "text/x": [1] } },
    ]);
  });

  it("gives cells of older minor versions ids, and the same ones each time", () => {
    const { id, ...old } = code("a");
    const text = file([old, old, { cell_type: "raw", metadata: {}, source: "a" }], { nbformat_minor: 2 });
    const read = readNotebook(text);
    assert.equal(read.nbformat_minor, 5);
    assert.equal(new Set(read.cells.map((each) => each.id)).size, 3);
    assert.deepEqual(readNotebook(text), read);
    assert.deepEqual(readNotebook(writeNotebook(read)), read);
  });

  it("keeps the minor version of a newer writer", () => {
    assert.equal(readNotebook(file([], { nbformat_minor: 6 })).nbformat_minor, 6);
  });

  it("fills in metadata, outputs and execution counts that are missing", () => {
    const read = readNotebook(
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, cells: [{ cell_type: "code", id: "c", source: "" }] }),
    );
    assert.deepEqual(read, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [code("")] });
  });

  it("keeps attachments, and writes their texts as lines", () => {
    const attachments = { "a.svg": { "image/svg+xml": "<a>\n</a>" } };
    const attached = { cell_type: "markdown", id: "m", metadata: {}, source: "", attachments };
    const read = readNotebook(file([attached]));
    assert.deepEqual(read.cells, [attached]);
    assert.deepEqual(JSON.parse(writeNotebook(read)).cells[0].attachments["a.svg"]["image/svg+xml"], ["<a>\n", "</a>"]);
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ["an empty file", "", /^notebook is not JSON/],
    ["a file that was cut", file([]).slice(0, -3), /^notebook is not JSON/],
    ["a list", "[]", /^notebook must be an object, got \[\]/],
    ["null", "null", /^notebook must be an object, got null/],
    ["a byte order mark", `\uFEFF${file([])}`, /byte order mark/],
    ["nbformat 3", file([], { nbformat: 3 }), /^nbformat must be 4, got 3/],
    ["no nbformat", "{}", /^nbformat must be 4, got undefined/],
    ["no minor version", file([], { nbformat_minor: undefined }), /^nbformat_minor must be/],
    ["no cells", file(undefined), /^cells must be a list/],
    ["metadata that is a list", file([], { metadata: [] }), /^metadata must be an object/],
    ["a cell that is no object", file([code(""), 7]), /^cells\[1\] must be an object, got 7/],
    [
      "an unknown type of cell",
      file([{ ...code(""), cell_type: "sql" }]),
      /^cells\[0\]\.cell_type must be one of code, markdown, raw/,
    ],
    [
      "a source that is no text",
      file([{ ...code(""), source: [1] }]),
      /^cells\[0\]\.source must be a text or a list of texts/,
    ],
    ["cell metadata that is null", file([{ ...code(""), metadata: null }]), /^cells\[0\]\.metadata must be an object/],
    ["outputs that are no list", file([code("", {})]), /^cells\[0\]\.outputs must be a list/],
    ["an output without a type", file([code("", [{}])]), /^cells\[0\]\.outputs\[0\]\.output_type must be a text/],
    [
      "an output without data",
      file([code("", [{ output_type: "display_data" }])]),
      /^cells\[0\]\.outputs\[0\]\.data must be an object/,
    ],
    [
      "a stream without text",
      file([code("", [{ output_type: "stream", name: "stdout" }])]),
      /outputs\[0\]\.text must be/,
    ],
    ["an error without a name", file([code("", [{ output_type: "error" }])]), /outputs\[0\]\.ename must be a text/],
    [
      "an execution count that is a text",
      file([{ ...code(""), execution_count: "1" }]),
      /^cells\[0\]\.execution_count must be/,
    ],
    [
      "an attachment that is no object",
      file([{ cell_type: "raw", metadata: {}, source: "", attachments: { "a.png": 1 } }]),
      /^cells\[0\]\.attachments\["a\.png"\] must be an object/,
    ],
    ["a notebook that is nested too deep", file([], { metadata: { x: nested(200) } }), /at most 100 levels deep/],
    ["lists inside each other without end", "[".repeat(1_000_000), /^notebook /],
    ["a huge file", " ".repeat(100_000_001), /^notebook must have at most 100000000 characters/],
  ];
  for (const [what, text, message] of faults) {
    it(`refuses ${what}, with a hint`, () => {
      assert.throws(
        () => readNotebook(text),
        (error: Error & { code?: string; hint?: string }) => {
          assert.equal(error.code, "invalid-notebook");
          assert.match(error.message, message);
          return Boolean(error.hint);
        },
      );
    });
  }

  it("refuses or reads any JSON, and never fails otherwise", () => {
    const shape = fc.record({ nbformat: fc.constant(4), nbformat_minor: fc.constant(4), cells: fc.jsonValue() });
    const cells = fc.array(
      fc.record({ cell_type: fc.constant("code"), source: fc.jsonValue(), outputs: fc.jsonValue() }),
    );
    const inside = fc.record({ nbformat: fc.constant(4), nbformat_minor: fc.constant(4), cells });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), shape, inside), (json) => {
        try {
          writeNotebook(readNotebook(JSON.stringify(json)));
        } catch (error) {
          assert.equal((error as { code?: string }).code, "invalid-notebook");
        }
      }),
    );
  });
});

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}
