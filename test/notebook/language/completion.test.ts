import assert from "node:assert/strict";
import fc from "fast-check";
import { DIRECTIVES } from "#notebook/directives.ts";
import { completionsAt } from "#notebook/language/completion.ts";
import { pathCompletions } from "#notebook/language/path-completion.ts";
import { arbitraryText, cursor, replaced } from "./cursor.ts";

const MODELS = ["demo", "my models/llava x=1"];
const at = (marked: string) => {
  const { source, position } = cursor(marked);
  return completionsAt(source, position, { models: MODELS });
};
const labels = (marked: string) => at(marked).items.map(({ label }) => label);
/** The text after the item `label` was chosen. */
function chosen(marked: string, label: string): string {
  const { source, position } = cursor(marked);
  const item = at(marked).items.find((candidate) => candidate.label === label);
  assert.ok(item, `no ${label} among ${labels(marked)}`);
  assert.ok(item.range.start.line === position.line && item.range.end.line === position.line);
  return replaced(source, { range: item.range, text: item.insertText });
}

const ALL = DIRECTIVES.map(({ name }) => `%${name}`);

describe("completionsAt", () => {
  it("offers every directive at the begin of a line", () => {
    for (const marked of ["|", "%|", "%vi|", "Question\n|", "What?\r\n%|"])
      assert.deepEqual(labels(marked), ALL, marked);
  });

  it("leaves out directives that another line says, unless they may be repeated", () => {
    assert.deepEqual(
      labels("%seed 1\n%image a.jpg\n%|\n%% %top_p 1"),
      ALL.filter((name) => name !== "%seed"),
    );
    assert.ok(labels("%se|ed 1").includes("%seed"));
  });

  it("offers nothing in a question, a comment or before the percent sign", () => {
    for (const marked of ["What|", " |", " %|", "%% %|", "%|% a", "|%seed 1", "\\%se|", "%unknown |"]) {
      assert.deepEqual(at(marked), { items: [] }, marked);
    }
  });

  const choices: readonly (readonly [string, string, string])[] = [
    ["|", "%video", "%video "],
    ["a\n%vi|d\nb", "%video", "a\n%video \nb"],
    ["%vi| a.mp4", "%video", "%video a.mp4"],
    ["%device |", "webgpu", "%device webgpu"],
    ["%device c|pu", "cuda", "%device cuda"],
    ["%device |  cpu", "auto", "%device auto"],
    ['%device "c|"', "cpu", "%device cpu"],
    ['%device "c|', "cpu", "%device cpu"],
    ["%method f|", "fastv", "%method fastv"],
    ["%merge |", "off", "%merge off"],
    ["%merge 25% |", "order=", "%merge 25% order="],
    ["%merge 25% o|", "order=", "%merge 25% order="],
    ["%merge 25% or|er=spatial", "order=", "%merge 25% order=spatial"],
    ["%merge 25% order=|", "spatial", "%merge 25% order=spatial"],
    ["%merge 25% order=ref|erence weighting=size", "spatial", "%merge 25% order=spatial weighting=size"],
    ["%video a.mp4 frames=3 |", "start=", "%video a.mp4 frames=3 start="],
    ["%video a b.mp4 e|", "end=", "%video a b.mp4 end="],
    ['%video "a b.mp4" e|', "end=", '%video "a b.mp4" end='],
    ["%video frames=3 |", "end=", "%video frames=3 end="],
    ["%model |", "demo", "%model demo"],
    ["%compare |", "full", "%compare full"],
    ["%compare |", "merge=", "%compare merge="],
    ["%compare fastv p|", "prune=", "%compare fastv prune="],
    ["%compare merge=| prune=off", "off", "%compare merge=off prune=off"],
    ["%compare full\n%com|", "%compare", "%compare full\n%compare "],
    ["%model d|x", "my models/llava x=1", '%model "my models/llava x=1"'],
    ['%model "my|"', "demo", "%model demo"],
  ];
  for (const [marked, label, result] of choices) {
    it(`makes ${JSON.stringify(result)} of ${JSON.stringify(marked)}`, () =>
      assert.equal(chosen(marked, label), result));
  }

  it("offers a directive no more once it is said as often as it may be", () => {
    assert.ok(!labels(`${"%compare full\n".repeat(6)}|`).includes("%compare"));
  });

  it("offers each option once, and none before the value or inside quotes", () => {
    assert.deepEqual(labels("%video a.mp4 frames=3 |"), ["start=", "end="]);
    assert.deepEqual(labels("%video a.mp4 fra|mes=3 end=4"), ["frames=", "start="]);
    for (const marked of ["%merge 25%|", "%video |", '%video "a |"', '%video "a b"|', '%video "a |', "%seed 1 |"]) {
      assert.deepEqual(
        at(marked).items.filter(({ kind }) => kind === "option"),
        [],
        marked,
      );
    }
  });

  it("offers words only as a whole value", () => {
    assert.deepEqual(labels("%merge 25% of|"), ["order=", "weighting="]);
    assert.deepEqual(labels("%video a.mp4 frames=|"), []);
    assert.deepEqual(labels("%video a.mp4 toString=|"), []);
  });

  it("says where it is worth to ask again", () => {
    const again = (marked: string) =>
      at(marked)
        .items.filter(({ suggestsMore }) => suggestsMore)
        .map(({ label }) => label);
    assert.deepEqual(
      again("|"),
      ["image", "video", "model", "device", "precision", "vision", "method", "merge", "prune", "compare"].map(
        (name) => `%${name}`,
      ),
    );
    assert.deepEqual(again("%merge 25% |"), ["order=", "weighting="]);
    assert.deepEqual(again("%video a.mp4 |"), []);
  });

  it("gives a result for any text and place, each item around the place and in one line", () => {
    fc.assert(
      fc.property(arbitraryText, fc.nat(4), fc.nat(30), (source, line, character) => {
        const { items, path } = completionsAt(source, { line, character }, { models: MODELS });
        const listed = path ? pathCompletions(path, [{ name: "a.jpg", isFolder: false }]) : [];
        for (const { range, insertText, filterText } of [...items, ...listed]) {
          assert.ok(range.start.line === line && range.end.line === line);
          assert.ok(range.start.character <= character && character <= range.end.character);
          assert.ok(insertText !== "" && filterText !== "");
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("pathCompletions", () => {
  const ENTRIES = [
    { name: "clips", isFolder: true },
    { name: "x=1 y=2", isFolder: true },
    { name: ".git", isFolder: true },
    { name: "Kitchen day.MP4", isFolder: false },
    { name: "a frames=3.mp4", isFolder: false },
    { name: "cat.jpg", isFolder: false },
    { name: "loop.gif", isFolder: false },
    { name: "notes.txt", isFolder: false },
    { name: ".hidden.jpg", isFolder: false },
    { name: "two\nlines.jpg", isFolder: false },
  ];
  const list = (marked: string) => {
    const { path } = at(marked);
    assert.ok(path, marked);
    return pathCompletions(path, ENTRIES);
  };
  const names = (marked: string) => list(marked).map(({ label }) => label);

  it("offers folders and the files that suit", () => {
    assert.deepEqual(names("%image |"), ["clips/", "x=1 y=2/", "cat.jpg", "loop.gif"]);
    assert.deepEqual(names("%video |"), ["clips/", "x=1 y=2/", "Kitchen day.MP4", "a frames=3.mp4", "loop.gif"]);
    assert.deepEqual(names("%model |"), ["clips/", "x=1 y=2/"]);
  });

  it("offers hidden ones where a dot was typed", () => {
    assert.deepEqual(names("%image .|"), [".git/", ".hidden.jpg"]);
  });

  it("offers what has the typed text inside, in any case", () => {
    assert.deepEqual(names("%video DAY|"), ["Kitchen day.MP4"]);
    assert.deepEqual(names("%video a.mp4 |"), []);
  });

  it("is asked for no path in other values, options or behind quotes", () => {
    for (const marked of ["%seed |", "%video a.mp4 frames=|", '%video "a.mp4" |', "%video a.mp4 frames=3 |", "|"]) {
      assert.equal(at(marked).path, undefined, marked);
    }
  });

  const requests: readonly (readonly [string, string, string, string])[] = [
    ["%image |", "", "", ""],
    ["%image ca|", "", "ca", ""],
    ["%image clips/ca|t.jpg", "clips/", "ca", "clips/"],
    ["%image ../my photos/|", "../my photos/", "", "../my photos/"],
    ["%image /a/b|", "/a/", "b", "/a/"],
    ["%image C:\\pics\\c|", "C:/pics/", "c", "C:\\pics\\"],
    ['%image "C:\\\\pics\\c|', "C:/pics/", "c", '"C:\\\\pics\\'],
    ['%image "c|"', "", "c", '"'],
  ];
  for (const [marked, folder, prefix, textBefore] of requests) {
    it(`reads folder and name of ${JSON.stringify(marked)}`, () => {
      const { path } = at(marked);
      assert.deepEqual([path?.folder, path?.prefix, path?.textBefore], [folder, prefix, textBefore]);
    });
  }

  const choices: readonly (readonly [string, string, string])[] = [
    ["%image |", "cat.jpg", "%image cat.jpg"],
    ["%image ca|ke/old.jpg", "cat.jpg", "%image cat.jpg"],
    ["%image pics\\|", "cat.jpg", "%image pics/cat.jpg"],
    ['%image "pics/|"', "cat.jpg", "%image pics/cat.jpg"],
    ["%video | frames=3", "Kitchen day.MP4", "%video Kitchen day.MP4 frames=3"],
    ["%video fra|", "a frames=3.mp4", '%video "a frames=3.mp4"'],
    ["%video |", "clips/", "%video clips/"],
    ["%video |", "x=1 y=2/", '%video "x=1 y=2/'],
    ['%video "x=1 y=2/|', "loop.gif", '%video "x=1 y=2/loop.gif"'],
  ];
  for (const [marked, label, result] of choices) {
    it(`makes ${JSON.stringify(result)} of ${JSON.stringify(marked)}`, () => {
      const item = list(marked).find((candidate) => candidate.label === label);
      assert.ok(item);
      assert.equal(replaced(cursor(marked).source, { range: item.range, text: item.insertText }), result);
    });
  }

  it("is compared with the text as typed", () => {
    const { source, position } = cursor('%image "C:\\pics\\c|"');
    const item = list('%image "C:\\pics\\c|"').find(({ label }) => label === "cat.jpg");
    assert.ok(item?.filterText.startsWith(source.slice(item.range.start.character, position.character)));
  });
});
