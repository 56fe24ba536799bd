import assert from "node:assert/strict";
import fc from "fast-check";
import { fillIds } from "#notebook/ids.ts";

const cell = (id?: unknown, source = "a") => ({ cell_type: "code", source, ...(id === undefined ? {} : { id }) });

describe("fillIds", () => {
  it("makes ids from position, type and text", () => {
    const ids = fillIds([cell(), cell(), { cell_type: "markdown", source: "a" }]).map(({ id }) => id);
    assert.deepEqual(
      ids,
      fillIds([cell(), cell(), { cell_type: "markdown", source: "a" }]).map(({ id }) => id),
    );
    assert.equal(new Set(ids).size, 3);
    assert.notEqual(fillIds([cell(undefined, "b")])[0]?.id, ids[0]);
    assert.notEqual(fillIds([{ cell_type: "raw", source: "a" }])[0]?.id, ids[0]);
  });

  it("keeps good ids and replaces bad and repeated ones", () => {
    const [a, b, c, d, e] = fillIds([cell("a-_1"), cell("a-_1"), cell("with space"), cell(7), cell("x".repeat(65))]);
    assert.equal(a?.id, "a-_1");
    for (const made of [b, c, d, e]) assert.match(made?.id ?? "", /^[0-9a-f]{8}$/);
  });

  it("never takes the id of a cell further down", () => {
    const made = fillIds([cell()])[0]?.id;
    const ids = fillIds([cell(), cell(made)]).map(({ id }) => id);
    assert.equal(ids[1], made);
    assert.notEqual(ids[0], made);
  });

  it("gives unique ids and changes nothing the second time", () => {
    const id = fc.option(fc.oneof(fc.constantFrom("a", "b"), fc.string()), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.string({ maxLength: 2 }))), (cells) => {
        const once = fillIds(cells.map(([given, source]) => cell(given, source)));
        assert.equal(new Set(once.map((each) => each.id)).size, cells.length);
        assert.deepEqual(fillIds(once), once);
      }),
    );
  });
});
