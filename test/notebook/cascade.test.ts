import assert from "node:assert/strict";
import fc from "fast-check";
import { type CellSource, checkCell, type EffectiveCell, effectiveCell } from "#notebook/cascade.ts";

const code = (source: string): CellSource => ({ cell_type: "code", source });
const last = (...sources: string[]) => effectiveCell(sources.map(code), sources.length - 1);
/** Without its runs. */
const said = ({ columns, ...rest }: EffectiveCell) => rest;

describe("effectiveCell", () => {
  it("gives a cell alone what it says", () => {
    assert.deepEqual(said(last("%image a.jpg\n%model m\n%device cpu\n%precision q8\n%seed 3\nWhat?")), {
      question: "What?",
      media: [{ kind: "image", path: "a.jpg" }],
      model: "m",
      device: "cpu",
      precision: "q8",
      patch: { seed: 3 },
      errors: [],
    });
  });

  it("takes defaults from cells of directives only, whatever kind of cell is between", () => {
    const cells = [
      code("%model m\n%seed 1"),
      { cell_type: "markdown", source: "%seed 2" } as const,
      code("%% note"),
      code("Why?"),
    ];
    assert.deepEqual(said(effectiveCell(cells, 3)), {
      question: "Why?",
      media: [],
      model: "m",
      patch: { seed: 1 },
      errors: [],
    });
  });

  it("takes nothing from cells with a question, nor from cells below", () => {
    const cells = [code("%seed 1\n%image a.jpg\nWhat?"), code("Why?"), code("%seed 2")];
    assert.deepEqual(said(effectiveCell(cells, 1)), { question: "Why?", media: [], patch: {}, errors: [] });
  });

  it("lets the nearest directive win, wholly", () => {
    const { patch } = last("%merge 50% order=spatial\n%prune off\n%seed 1", "%merge 25%", "%seed 2\nWhat?");
    assert.deepEqual(patch, { merge: { retention: 0.25 }, prune: "off", seed: 2 });
  });

  it("replaces inherited media by the cell's own", () => {
    const paths = (...sources: string[]) => last(...sources).media.map(({ path }) => path);
    assert.deepEqual(paths("%image a.jpg\n%video b.mp4", "What?"), ["a.jpg", "b.mp4"]);
    assert.deepEqual(paths("%image a.jpg\n%video b.mp4", "%image c.jpg\nWhat?"), ["c.jpg"]);
    assert.deepEqual(paths("%image a.jpg", "%video b.mp4", "What?"), ["b.mp4"]);
    assert.deepEqual(paths("%image a.jpg", "%seed 1", "What?"), ["a.jpg"]);
  });

  it("leaves the frames that one video says beside the default of all", () => {
    const { media, patch } = last("%frames 16", "%video a.mp4\n%video b.mp4 frames=4\nWhat?");
    assert.deepEqual(media, [
      { kind: "video", path: "a.mp4" },
      { kind: "video", path: "b.mp4", frames: 4 },
    ]);
    assert.deepEqual(patch, { frames: 16 });
  });

  it("has the errors of the defaults above it, but not those of other questions", () => {
    const { errors } = last("%sed 1", "%foo\nOther question", "%device gpu\nWhat?");
    assert.deepEqual(
      errors.map(({ cell, line, message, suggestion }) => [cell, line, message, suggestion]),
      [
        [0, 0, "unknown directive %sed", "%seed"],
        [2, 0, 'unknown device, got "gpu"', "webgpu"],
      ],
    );
  });

  it("lets a directive with an error leave the default above it in place", () => {
    assert.deepEqual(last("%seed 1", "%seed x", "What?").patch, { seed: 1 });
  });

  it("has an empty question where there is nothing to run", () => {
    assert.equal(last("What?", "%seed 1").question, "");
  });

  it("refuses an index that is no code cell", () => {
    const refused = { name: "AimError", code: "invalid-argument" };
    assert.throws(() => effectiveCell([code("a")], 1), refused);
    assert.throws(() => effectiveCell([code("a")], -1), refused);
    assert.throws(() => effectiveCell([{ cell_type: "raw", source: "a" }], 0), refused);
  });

  it("lets the nearest of a budget and cuts count", () => {
    const budget = { kind: "times", value: 7 } as const;
    assert.deepEqual(last("%merge 50% order=spatial\n%prune off\n%method full\n%seed 1", "%budget 7x\nWhat?").patch, {
      merge: { order: "spatial" },
      seed: 1,
      budget,
    });
    assert.deepEqual(last("%budget 7x\n%seed 1", "%prune off\nWhat?").patch, { prune: "off", seed: 1 });
    assert.deepEqual(last("%budget 7x", "%method full\nWhat?").patch, { method: "full" });
    assert.deepEqual(last("%budget 7x", "%method aim\nWhat?").patch, { method: "aim", budget });
    assert.deepEqual(last("%budget 2x", "%merge 50%", "%budget 7x\nWhat?").patch, { budget });
  });

  it("depends on the cells above only", () => {
    const source = fc.constantFrom("%seed 1", "%image a.jpg", "%merge off", "What?", "%seed 2\nWhy?", "%x", "");
    fc.assert(
      fc.property(fc.array(source, { minLength: 1 }), fc.array(source), (above, below) => {
        const cells = [...above, ...below].map(code);
        assert.deepEqual(effectiveCell(cells, above.length - 1), last(...above));
      }),
    );
  });
});

describe("checkCell", () => {
  it("accepts a cell without errors", () => {
    assert.doesNotThrow(() => checkCell(last("%seed 1", "What?")));
  });

  it("says where the first error is, what was meant and how many more there are", () => {
    assert.throws(() => checkCell(last("%% note\n%sed 1", "%device cdua\nWhat?")), {
      code: "invalid-argument",
      message: "cell 1, line 2: unknown directive %sed (and 1 more)",
      hint: "did you mean %seed?",
    });
    assert.throws(() => checkCell(last("%seed x\nWhat?")), { hint: "give a whole number from 0 to 4294967295" });
  });
});
