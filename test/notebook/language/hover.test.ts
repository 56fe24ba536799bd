import assert from "node:assert/strict";
import fc from "fast-check";
import type { CellSource } from "#notebook/cascade.ts";
import { hoverAt } from "#notebook/language/hover.ts";
import { presetOf } from "../../support/preset.ts";
import { arbitraryText, cursor } from "./cursor.ts";

const code = (source: string): CellSource => ({ cell_type: "code", source });
const DEFAULTS = { model: "demo", device: "auto", precision: "auto" } as const;
const KNOWN = { defaults: DEFAULTS, preset: presetOf(8) };

/** The hover in the last of the cells, at its `|`. */
function hover(context: Parameters<typeof hoverAt>[3], ...sources: readonly string[]) {
  const above = sources.slice(0, -1).map(code);
  const { source, position } = cursor(sources.at(-1) ?? "");
  return hoverAt([...above, code(source)], above.length, position, context);
}
/** The last paragraphs, which say what is in effect. */
const effect = (...sources: readonly string[]) =>
  hover(KNOWN, ...sources)
    ?.markdown.split("\n\n")
    .slice(3);

describe("hoverAt", () => {
  it("explains a directive by its usage, its help and an example", () => {
    assert.deepEqual(hover(KNOWN, "What?\n%se|ed 7"), {
      markdown:
        "```aim\n%seed 0\n```\n\nAbove temperature 0: the same seed gives the same answer.\n\nExample: `%seed 7`",
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 5 } },
    });
  });

  it("explains values and options", () => {
    const first = (marked: string) => hover(KNOWN, marked)?.markdown.split("\n\n")[0];
    assert.equal(first("%device c|pu\nWhat?"), "`auto|cpu|webgpu|cuda`: a device");
    assert.equal(first('%image "a| b.jpg"'), "`PATH`: a picture, relative to the notebook");
    assert.equal(first('%image "a| b.jpg'), "`PATH`: a picture, relative to the notebook");
    assert.equal(
      first("%merge 25% order=spa|tial"),
      "`reference|spatial`: `spatial` restores the order of positions after merging",
    );
    assert.equal(first("%video a.mp4 fra|mes=3"), "`32`: how many frames to look at, evenly spaced");
  });

  it("says what a method does", () => {
    const markdown = hover(KNOWN, "%method fu|ll\nWhat?")?.markdown ?? "";
    assert.match(markdown, /`full` keeps every/);
  });

  it("is about one word", () => {
    const range = (marked: string) => {
      const found = hover(KNOWN, marked)?.range;
      return [found?.start.character, found?.end.character];
    };
    assert.deepEqual(range("%merge 25% order=sp|atial"), [11, 24]);
    assert.deepEqual(range("%merge 2|5% order=spatial"), [7, 10]);
  });

  it("says nothing elsewhere", () => {
    for (const marked of [
      "Wh|at?",
      "%% %se|ed",
      "%unkn|own 1",
      "%video a.mp4 x=|1",
      "%video a.mp4   |",
      "%seed 1\n|",
    ]) {
      assert.equal(hover(KNOWN, marked), undefined, marked);
    }
    const markdown: CellSource = { cell_type: "markdown", source: "%seed 1" };
    assert.equal(hoverAt([markdown], 0, { line: 0, character: 2 }, KNOWN), undefined);
    assert.equal(hoverAt([], 0, { line: 0, character: 2 }, KNOWN), undefined);
  });

  it("names the default that a line overrides", () => {
    assert.deepEqual(effect("%merge 50% order=spatial", "%% note", "%me|rge 25%\nWhat?"), [
      "Overrides `50% order=spatial`, from cell 1.",
    ]);
    assert.deepEqual(effect("%image a.jpg", "%vid|eo b.mp4 frames=3\nWhat?"), [
      "The media of this cell replace those of cell 1.",
    ]);
  });

  it("says that a cell without a question sets defaults", () => {
    assert.deepEqual(effect("%se|ed 1"), ["The default of all cells below that say nothing else."]);
  });

  it("says what is in effect in place of a line that does not count", () => {
    const instead = (...sources: readonly string[]) => effect(...sources)?.join("\n");
    assert.equal(instead("%seed 4", "%se|ed x\nWhat?"), "This line does not count. In effect: `4`, from cell 1.");
    assert.equal(instead("%seed 4\n%se|ed 5\nWhat?"), "This line does not count. In effect: `4`, line 1 of this cell.");
    assert.equal(
      instead("%dev|ice x\nWhat?"),
      "This line does not count. In effect: `auto`, the setting `aim.device`.",
    );
    assert.equal(instead("%prune| x\nWhat?"), "This line does not count. In effect: `4..6`, by default.");
    assert.equal(instead("%ima|ge"), "This line has an error and does not count.");
    const unknown = hover({ defaults: DEFAULTS }, "%prune| x\nWhat?")?.markdown ?? "";
    assert.match(unknown, /In effect: what the model's preset says\.$/);
  });

  it("says how many frames a video has that does not say it", () => {
    assert.deepEqual(effect("%frames 16", "%vid|eo a.mp4\nWhat?"), ["Frames: `16`, from cell 1."]);
    assert.deepEqual(effect("%vid|eo a.mp4\nWhat?"), ["Frames: `32`, by default."]);
    assert.deepEqual(effect("%ima|ge a.jpg\nWhat?"), []);
  });

  it("says which column a line is, and what it runs with", () => {
    assert.deepEqual(effect("%merge 50%\n%comp|are full\nWhat?"), [
      "Compared with the cell's own settings.",
      "In effect: `method full`, `merge off`, `prune off`.",
    ]);
    assert.deepEqual(effect("%compare full\n%comp|are merge=50%\n%compare vtw\nWhat?"), [
      "Column 2 of 3.",
      "In effect: `method aim`, `merge 50%`, `prune 4..6`.",
    ]);
    assert.deepEqual(effect("%comp|are full"), ["This cell asks nothing, so nothing is compared."]);
    assert.deepEqual(effect("%comp|are fulll\nWhat?"), ["This line has an error and does not count."]);
    assert.match(hover(KNOWN, "%compare fa|stv\nWhat?")?.markdown ?? "", /^`METHOD`: a method\n\n`fastv` keeps/);
  });

  it("says what the method makes of a line", () => {
    assert.deepEqual(effect("%method full", "%me|rge 50%\nWhat?"), [
      "In effect: `off`, by the method `full`, from cell 1.",
    ]);
    assert.deepEqual(effect("%method full", "%pru|ne 2..5\nWhat?"), [
      "In effect: `off`, by the method `full`, from cell 1.",
    ]);
    assert.deepEqual(effect("%method fastv", "%pru|ne 2:25%\nWhat?"), []);
  });

  it("says which lines of other cells a budget takes the place of, and which take its place", () => {
    assert.match(hover(KNOWN, "%bud|get 7x\nWhat?")?.markdown ?? "", /convention aim/);
    assert.deepEqual(effect("%merge 50%\n%method aim", "%bud|get 7x\nWhat?"), [
      "Takes the place of `%merge 50%`, from cell 1.",
    ]);
    assert.deepEqual(effect("%budget 7x", "%pru|ne off\nWhat?"), ["Takes the place of `%budget 7x`, from cell 1."]);
    assert.deepEqual(effect("%merge 50%\n%bud|get 7x\nWhat?"), ["This line does not count."]);
    const column = hover(KNOWN, "%compare bud|get=7x\nWhat?")?.markdown ?? "";
    assert.match(column, /15T\|7x\|2s/);
    assert.match(hover(KNOWN, "%com|pare budget=7x\nWhat?")?.markdown ?? "", /In effect: `method aim`, `budget 7x`/);
  });

  it("gives a result for any text and place, its range around the place", () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryText, { minLength: 1, maxLength: 3 }),
        fc.nat(3),
        fc.nat(30),
        (texts, line, character) => {
          const found = hoverAt(texts.map(code), texts.length - 1, { line, character }, KNOWN);
          if (found === undefined) return;
          assert.ok(found.markdown !== "");
          const { start, end } = found.range;
          assert.ok(start.line === line && start.character <= character && character <= end.character);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
