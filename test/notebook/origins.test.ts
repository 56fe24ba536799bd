import assert from "node:assert/strict";
import fc from "fast-check";
import { type CellSource, effectiveCell, heardCells } from "#notebook/cascade.ts";
import { originsOf } from "#notebook/origins.ts";

const code = (source: string): CellSource => ({ cell_type: "code", source });
const places = (names: readonly string[], ...sources: string[]) =>
  originsOf(heardCells(sources.map(code), sources.length - 1), names).map(({ cell, said }) => [cell, said.line]);

describe("originsOf", () => {
  it("has the line that counts first, then those that it overrides", () => {
    assert.deepEqual(places(["seed"], "%seed 1", "%seed 2\nWhat?", "%top_p 1\n%seed 3", "%seed 4\nWhy?"), [
      [3, 0],
      [2, 1],
      [0, 0],
    ]);
  });

  it("leaves out lines with errors", () => {
    assert.deepEqual(places(["seed"], "%seed 1", "%seed x\n%seed 2\nWhat?"), [[0, 0]]);
  });

  it("agrees with what is in effect", () => {
    const source = fc.constantFrom("%seed 1", "%seed 2\n%seed 3", "%seed x", "What?", "%seed 4\nWhy?", "%x", "");
    fc.assert(
      fc.property(fc.array(source, { minLength: 1 }), (sources) => {
        const cells = sources.map(code);
        const index = cells.length - 1;
        const [first] = originsOf(heardCells(cells, index), ["seed"]);
        assert.equal(first?.said.settings.patch?.seed, effectiveCell(cells, index).patch.seed);
      }),
    );
  });
});
