import assert from "node:assert/strict";
import { effectiveCell } from "#notebook/cascade.ts";
import { parseCell } from "#notebook/cell.ts";

const columns = (...sources: string[]) =>
  effectiveCell(
    sources.map((source) => ({ cell_type: "code", source })),
    sources.length - 1,
  ).columns;
const labels = (...sources: string[]) => columns(...sources).map(({ label }) => label);
const patches = (...sources: string[]) => columns(...sources).map(({ patch }) => patch);

describe("the columns of a cell", () => {
  it("are its own settings where it compares nothing", () => {
    assert.deepEqual(columns("%image a.jpg\n%seed 1\n%precision q8\nWhat?"), [
      { label: "own settings", media: [{ kind: "image", path: "a.jpg" }], patch: { seed: 1 }, precision: "q8" },
    ]);
  });

  it("are its own settings and a lone line", () => {
    assert.deepEqual(labels("%compare full\nWhat?"), ["own settings", "full"]);
    assert.deepEqual(patches("%merge 50%\n%compare full\nWhat?"), [
      { merge: { retention: 0.5 } },
      { merge: { retention: 0.5 }, method: "full" },
    ]);
  });

  it("are exactly the lines where there are several", () => {
    const source =
      "%compare aim merge=25% prune=4..7\n%compare merge=50% order=spatial prune=off\n%compare fastv\nWhat?";
    assert.deepEqual(labels(source), ["aim, merge 25%, prune 4..7", "merge 50%, order spatial, prune off", "fastv"]);
    assert.deepEqual(patches(source)[1], { merge: { retention: 0.5, order: "spatial" }, prune: "off" });
  });

  it("lay what a line says over the cell's settings, setting by setting", () => {
    const [own, column] = columns(
      "%merge 50% order=spatial\n%seed 2",
      "%precision q8\n%compare merge=25% precision=f32\nWhat?",
    );
    assert.deepEqual(own?.patch, { merge: { retention: 0.5, order: "spatial" }, seed: 2 });
    assert.deepEqual(column?.patch, { merge: { retention: 0.25, order: "spatial" }, seed: 2 });
    assert.deepEqual([own?.precision, column?.precision], ["q8", "f32"]);
  });

  it("take as many frames as a line says, whatever a video says", () => {
    const [own, column] = columns("%video a.mp4 frames=32\n%image b.jpg\n%compare frames=1\nWhat?");
    assert.deepEqual([own?.media[0]?.frames, column?.media[0]?.frames, column?.media[1]?.frames], [32, 1, undefined]);
    assert.deepEqual([column?.patch, column?.label], [{ frames: 1 }, "1 frame"]);
  });

  it("may have a budget, which takes the place of the cell's cuts, and they of its budget", () => {
    const budget = { kind: "times", value: 7 } as const;
    assert.deepEqual(labels("%merge 50%\n%compare budget=7x order=spatial\nWhat?"), [
      "own settings",
      "order spatial, budget 7x",
    ]);
    const patches = (text: string) => columns(text).map(({ patch }) => patch);
    assert.deepEqual(patches("%merge 50% weighting=size\n%compare budget=7x\nWhat?"), [
      { merge: { retention: 0.5, weighting: "size" } },
      { merge: { weighting: "size" }, budget },
    ]);
    assert.deepEqual(patches("%budget 7x\n%compare full\n%compare merge=50%\nWhat?"), [
      { method: "full" },
      { merge: { retention: 0.5 } },
    ]);
    const errors = (text: string) => parseCell(text).errors.map(({ message }) => message);
    assert.deepEqual(errors("%compare merge=50% budget=7x"), ["budget= and merge= contradict each other"]);
    assert.deepEqual(errors("%compare full budget=7x"), ["a budget is met by method aim, got full"]);
  });

  it("are not inherited", () => {
    assert.deepEqual(labels("%compare full\n%compare fastv", "What?"), ["own settings"]);
    assert.deepEqual(labels("%compare full", "%compare vtw\nWhat?"), ["own settings", "vtw"]);
  });

  it("leave out lines with errors, which name what is wrong", () => {
    const errors = (text: string) => parseCell(text).errors.map(({ message }) => message);
    assert.deepEqual(errors("%compare"), ["%compare needs a value or an option"]);
    assert.deepEqual(errors("%compare fulll"), ['unknown method, got "fulll"']);
    assert.deepEqual(errors("%compare merge=0%").length, 1);
    assert.deepEqual(errors("%compare merge=25% aim"), ['unexpected "aim"']);
    assert.deepEqual(labels("%compare fulll\n%compare vtw\nWhat?"), ["own settings", "vtw"]);
  });

  it("are six at most", () => {
    const lines = (count: number) => Array.from({ length: count }, (_, i) => `%compare merge=${i + 1}0%`).join("\n");
    assert.deepEqual(parseCell(lines(6)).errors, []);
    const [error, ...more] = parseCell(lines(7)).errors;
    assert.deepEqual(
      [error?.message, error?.hint, error?.line, more.length],
      ["%compare is given more than 6 times", "the first 6 count; remove the others", 6, 0],
    );
    assert.equal(columns(`${lines(7)}\nWhat?`).length, 6);
  });
});
