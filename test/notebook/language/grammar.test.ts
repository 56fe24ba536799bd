import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { DIRECTIVES } from "#notebook/directives.ts";

const FOLDER = path.join(import.meta.dirname, "../../../media/language");
const read = (name: string) => JSON.parse(readFileSync(path.join(FOLDER, name), "utf8"));

interface Rule {
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
}
const { repository }: { readonly repository: Readonly<Record<string, Rule>> } = read("aim.tmLanguage.json");

/** The expression of a rule, which this grammar writes so that JavaScript reads it, too. */
function expression(name: string): RegExp {
  const source = repository[name]?.match ?? repository[name]?.begin;
  assert.ok(source, name);
  return new RegExp(source, "g");
}
const found = (name: string, text: string) => [...text.matchAll(expression(name))].map(([all]) => all);

/** The words between which the expression of a rule chooses. */
const choices = (name: string) => (/\((\w+(?:\|\w+)+)\)/.exec(expression(name).source)?.[1] ?? "").split("|").sort();

const sorted = (words: readonly string[]) => [...new Set(words)].sort();
const options = DIRECTIVES.flatMap((directive) => Object.entries(directive.options));

describe("the grammar", () => {
  it("knows the directives, those with paths apart", () => {
    const names = (isPath: boolean) =>
      DIRECTIVES.filter(({ value }) => (value.files !== undefined) === isPath).map(({ name }) => name);
    assert.deepEqual(choices("path-directive"), sorted(names(true)));
    assert.deepEqual(choices("directive"), sorted(names(false)));
  });

  it("knows the options and the words", () => {
    assert.deepEqual(choices("option"), sorted(options.map(([name]) => name)));
    const words = [...DIRECTIVES.map(({ value }) => value), ...options.map(([, argument]) => argument)];
    assert.deepEqual(choices("word"), sorted(words.flatMap((argument) => argument.words)));
  });

  it("finds the pieces of a line", () => {
    assert.deepEqual(found("path", "my photos/a b.jpg  frames=3"), ["my photos/a b.jpg", "frames=3"]);
    assert.deepEqual(found("option", " a.mp4 frames=32 end=2:00 x=1 noframes=2"), ["frames=32", "end=2:00"]);
    assert.deepEqual(found("option", "%compare full merge=25% prune=8:50%,16:25%"), [
      "merge=25%",
      "prune=8:50%,16:25%",
    ]);
    assert.deepEqual(found("time", "8:50%,16:12.5% 16:12"), ["16:12"]);
    assert.deepEqual(found("word", "off auto offer q8.onnx q8"), ["off", "auto", "q8"]);
    assert.deepEqual(found("number", "8:50%,16:12.5% 14..22 0.7 f32 1e-3"), [
      ...["8", "50%", "16", "12.5%", "14", "22", "0.7", "1e-3"],
    ]);
    assert.deepEqual(found("separator", "14..22"), [".."]);
    assert.deepEqual(found("time", "95 1:35 1:02:03.5"), ["1:35", "1:02:03.5"]);
    assert.deepEqual(found("comment", "%% a"), ["%% a"]);
    assert.deepEqual(found("comment", "a %% b"), []);
    assert.deepEqual(found("escape", "\\\\%a"), ["\\"]);
    assert.deepEqual(found("directive", "%seeds 1"), []);
  });
});

describe("the language's configuration", () => {
  it("takes directives, names of files and words of a sentence as words", () => {
    const { wordPattern } = read("language-configuration.json");
    const words = (text: string) => text.match(new RegExp(wordPattern.pattern, `g${wordPattern.flags}`));
    assert.deepEqual(words("%video clips/küche-1.mp4 frames=3"), ["%video", "clips", "küche-1.mp4", "frames", "3"]);
    assert.deepEqual(words("What, then? It is red."), ["What", "then", "It", "is", "red"]);
  });
});
