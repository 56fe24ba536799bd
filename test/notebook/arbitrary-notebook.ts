import fc from "fast-check";
import { type Cell, createNotebook, type Notebook } from "#notebook/nbformat.ts";

const fields = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "10", "9", "é😀")), fc.jsonValue(), {
  maxKeys: 3,
});
/** Data that an item of an editor cannot hold as they are stand among the others. */
const mimeData = fc.oneof(
  fc.record({
    "text/plain": fc.string(),
    "image/png": fc.base64String(),
    "application/vnd.foreign+json": fc.jsonValue(),
  }),
  fc.record(
    {
      "image/png": fc.oneof(
        fc.base64String().map((text) => `${text}\n`),
        fc.constantFrom("not base64!", "aGk", "aG k="),
      ),
      "image/PNG": fc.base64String(),
      "no type": fc.string(),
      "text/html": fc.oneof(
        fc.constantFrom("\ud800", "\uFEFFa"),
        fc.jsonValue().map((json) => ({ json })),
      ),
      "application/json": fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
  fc.record({ "image/svg+xml": fc.string({ unit: fc.constantFrom("<", "\n", "\r", "\u2028") }) }),
);
const output = fc.oneof(
  fc.record({ output_type: fc.constantFrom("display_data", "execute_result"), data: mimeData, metadata: fields }),
  fc.record({
    output_type: fc.constant("stream"),
    name: fc.constantFrom("stdout", "stderr", "log"),
    text: fc.string(),
  }),
  fc.record({
    output_type: fc.constant("error"),
    ename: fc.string(),
    evalue: fc.string(),
    traceback: fc.array(fc.string()),
  }),
  fields.map((rest) => ({ ...rest, output_type: "from the future" })),
);
const source = fc.string({
  unit: fc.oneof(fc.constantFrom("\n", "\r", "%"), fc.string({ unit: "binary", minLength: 1, maxLength: 1 })),
});
const known = { metadata: fields, source };
const cell: fc.Arbitrary<Omit<Cell, "id">> = fc.oneof(
  fc
    .tuple(
      fields,
      fc.record({ ...known, outputs: fc.array(output, { maxLength: 2 }), execution_count: fc.option(fc.nat()) }),
    )
    .map(([rest, it]) => ({ ...rest, ...it, cell_type: "code" as const })),
  fc.record({
    ...known,
    cell_type: fc.constantFrom("markdown" as const, "raw" as const),
    attachments: fc.dictionary(fc.string(), mimeData, { maxKeys: 2 }),
  }),
  fc.record({ ...known, cell_type: fc.constant("markdown" as const) }),
);
/** Notebooks as other programs write them: unknown fields, foreign outputs, odd data. */
export const arbitraryNotebook = fc
  .tuple(fc.array(cell, { maxLength: 4 }), fields, fields)
  .map(([cells, metadata, rest]): Notebook => {
    const withIds = cells.map((each, index) => ({ ...each, id: `cell-${index}` }) as Cell);
    return { ...rest, ...createNotebook(withIds), metadata };
  });

/** Without prototypes that differ: fast-check makes some objects without one. */
export const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
};
