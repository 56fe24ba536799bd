import assert from "node:assert/strict";
import fc from "fast-check";
import type { CellSource } from "#notebook/cascade.ts";
import { parseCell } from "#notebook/cell.ts";
import { cellDiagnostics, type FileFacts, notebookDiagnostics } from "#notebook/language/diagnostics.ts";
import { textLines } from "#notebook/line.ts";
import { arbitraryText, offsetOf, replaced } from "./cursor.ts";

const code = (source: string): CellSource => ({ cell_type: "code", source });
const NO_FILES: FileFacts = { missing: new Set() };

/** Of the last cell: severity, the text that is underlined, the message. */
function short(sources: readonly string[], files = NO_FILES) {
  const source = sources.at(-1) ?? "";
  return cellDiagnostics(sources.map(code), sources.length - 1, files).map(({ range, severity, message }) => [
    ...[severity, source.slice(offsetOf(source, range.start), offsetOf(source, range.end)), message],
  ]);
}

/** The text after each fix of the only diagnostic, by title. */
function fixed(source: string, files = NO_FILES) {
  const [diagnostic, ...more] = cellDiagnostics([code(source)], 0, files);
  assert.ok(diagnostic && more.length === 0);
  return diagnostic.fixes.map((fix) => [fix.title, replaced(source, fix)]);
}

describe("cellDiagnostics", () => {
  it("has nothing to say of a cell that is right, whatever kind it is", () => {
    for (const source of [
      "What?",
      "",
      "%seed 1\nWhat?",
      "%image a.jpg\n%video b.mp4\n%image c.gif\n%video d.gif\n%video e",
    ]) {
      assert.deepEqual(short([source]), [], source);
    }
    assert.deepEqual(cellDiagnostics([{ cell_type: "markdown", source: "%x" }], 0, NO_FILES), []);
    assert.deepEqual(cellDiagnostics([], 3, NO_FILES), []);
  });

  it("warns of columns in a cell that asks nothing, and not in the cells below", () => {
    assert.deepEqual(short(["%compare full"]), [
      ["warning", "%compare full", "%compare does nothing in a cell without a question"],
    ]);
    assert.deepEqual(short(["%compare full", "What?"]), []);
    assert.deepEqual(short(["%compare full\nWhat?"]), []);
  });

  it("has every error of the text, in its order", () => {
    assert.deepEqual(short(["%vidoe a.mp4\nWhat?\n%merge 25% ordr=spatial weighting=plan"]), [
      ["error", "%vidoe", "unknown directive %vidoe"],
      ["error", "ordr", "%merge has no option ordr="],
      ["error", "plan", 'unknown weighting, got "plan"'],
    ]);
  });

  const fixes: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      "%vidoe a.mp4",
      [
        ["Change to %video", "%video a.mp4"],
        ["Make this line part of the question", "\\%vidoe a.mp4"],
      ],
    ],
    ["a\n%12345 of them?", [["Make this line part of the question", "a\n\\%12345 of them?"]]],
    ["%device gpu", [["Change to webgpu", "%device webgpu"]]],
    ["%video a.mp4 fames=3", [["Change to frames", "%video a.mp4 frames=3"]]],
    ["%seed 1\r\n%seed 2\r\nWhat?", [["Remove it", "%seed 1\r\nWhat?"]]],
    ["%seed 1\n%seed 2", [["Remove it", "%seed 1"]]],
    ["%video a.mp4 frames=3   frames=4 end=1", [["Remove it", "%video a.mp4 frames=3 end=1"]]],
    ["%temperature 9", []],
  ];
  for (const [source, results] of fixes) {
    it(`offers ${results.length} fixes of ${JSON.stringify(source)}`, () => assert.deepEqual(fixed(source), results));
  }

  it("warns once of errors that a cell has from above, if it asks something", () => {
    const warning = "cell 2 sets defaults for this cell and has an error in line 3: unknown directive %sed";
    assert.deepEqual(short(["%seed 1", "%% note\n%top_p 1\n%sed 1\n%x", "%y", "What?\nWhy?"]), [
      ["warning", "What?", warning],
    ]);
    assert.deepEqual(short(["%sed 1", "%seed 1"]), []);
    assert.deepEqual(short(["%sed 1\nOther question", "What?"]), []);
  });

  it("reports files that are not there, and offers the one that was meant", () => {
    const near = new Map([["clips\\kitchn.mp4", ["cat.mp4", "kitchen frames=1.mp4", "Kitchen.mp4", "a\nb"]]]);
    const files = { missing: new Set(["clips\\kitchn.mp4", "gone.jpg"]), near };
    assert.deepEqual(short(['%video "clips\\kitchn.mp4" frames=3\n%image gone.jpg\n%image here.jpg\nWhat?'], files), [
      ["error", '"clips\\kitchn.mp4"', "there is no file clips\\kitchn.mp4"],
      ["error", "gone.jpg", "there is no file gone.jpg"],
    ]);
    assert.deepEqual(fixed('%video "clips\\kitchn.mp4" frames=3', files), [
      ["Change to clips\\Kitchen.mp4", "%video clips\\Kitchen.mp4 frames=3"],
    ]);
    assert.deepEqual(fixed("%image gone.jpg", files), []);
  });

  it("warns of a picture that is called a video, and of the reverse", () => {
    assert.deepEqual(short(["%video a.jpg frames=3\n%image b.MP4"]), [
      ["warning", "a.jpg", "a.jpg looks like a picture"],
      ["warning", "b.MP4", "b.MP4 looks like a video"],
    ]);
    assert.deepEqual(fixed("%video a.jpg frames=3\nWhat?"), [["Use %image", "%image a.jpg\nWhat?"]]);
    assert.deepEqual(fixed("%image a.mp4"), [["Use %video", "%video a.mp4"]]);
  });

  it("says the same of a cell alone as of all at once", () => {
    const source = fc.constantFrom("%sed 1", "%seed 1", "What?", "%seed x\nWhy?", "");
    fc.assert(
      fc.property(fc.array(source), (sources) => {
        const cells = sources.map(code);
        const alone = cells.map((_, index) => cellDiagnostics(cells, index, NO_FILES));
        assert.deepEqual(notebookDiagnostics(cells, NO_FILES), alone);
      }),
    );
  });

  it("gives a result for any text, with every place inside it, and fixes that mend", () => {
    const files = { missing: new Set(["a.jpg"]), near: new Map([["a.jpg", ["b.jpg", "A.jpg"]]]) };
    fc.assert(
      fc.property(fc.array(arbitraryText, { minLength: 1, maxLength: 3 }), (texts) => {
        const source = texts.at(-1) ?? "";
        const lines = textLines(source);
        const count = (text: string, message: string) =>
          parseCell(text).errors.filter((error) => error.message === message).length;
        for (const { range, message, fixes: all } of cellDiagnostics(texts.map(code), texts.length - 1, files)) {
          for (const each of [range, ...all.map((fix) => fix.range)]) {
            for (const { line, character } of [each.start, each.end])
              assert.ok(character <= (lines[line]?.length ?? -1));
          }
          assert.ok(message !== "");
          // A fix takes its own error away; it may bring others to light, as the right name does for a wrong argument.
          const before = count(source, message);
          for (const fix of before > 0 ? all : []) {
            assert.ok(count(replaced(source, fix), message) < before, fix.title);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
