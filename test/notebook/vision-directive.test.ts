import assert from "node:assert/strict";
import { effectiveCell } from "#notebook/cascade.ts";

const code = (source: string) => ({ cell_type: "code", source }) as const;
const effect = (...cells: string[]) => effectiveCell(cells.map(code), cells.length - 1);

describe("%vision", () => {
  it("says what is saved in the tower, and its precision", () => {
    const { patch, visionPrecision, errors } = effect("%vision merge=25% similar=8 precision=int8\nWhat is it?");
    assert.deepEqual(errors, []);
    assert.deepEqual(patch.vision, { retention: 0.25, similar: 8 });
    assert.equal(visionPrecision, "int8");
  });

  it("off saves nothing, but for what is said beside it", () => {
    assert.deepEqual(effect("%vision off\nWhat?").patch.vision, { retention: 1, similar: 0 });
    assert.deepEqual(effect("%vision off similar=4\nWhat?").patch.vision, { retention: 1, similar: 4 });
    assert.deepEqual(effect("%vision merge=off\nWhat?").patch.vision, { retention: 1 });
  });

  it("replaces the line above it wholly", () => {
    const { patch, visionPrecision } = effect("%vision merge=25% precision=int8", "%vision similar=2\nWhat?");
    assert.deepEqual(patch.vision, { similar: 2 });
    assert.equal(visionPrecision, "auto");
  });

  it("needs something, within bounds", () => {
    for (const line of ["%vision", "%vision on", "%vision similar=0", "%vision merge=0%", "%vision precision=f8"]) {
      assert.equal(effect(`${line}\nWhat?`).errors.length, 1, line);
    }
  });

  it("of a compared column is laid over the cell's own", () => {
    const { columns } = effect(
      "%vision merge=50% similar=8\n%compare vision_merge=25%\n%compare similar=off vision_precision=int8\nWhat?",
    );
    assert.deepEqual(
      columns.map(({ label, patch, visionPrecision }) => [label, patch.vision, visionPrecision]),
      [
        ["tower 25%", { retention: 0.25, similar: 8 }, "auto"],
        ["similar off, tower int8", { retention: 0.5, similar: 0 }, "int8"],
      ],
    );
  });
});
