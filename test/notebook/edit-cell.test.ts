import assert from "node:assert/strict";
import fc from "fast-check";
import { MERGE_ORDERS, MERGE_WEIGHTINGS } from "#core/merge-settings.ts";
import { METHOD_NAMES } from "#core/methods.ts";
import { parseCell } from "#notebook/cell.ts";
import { type SaidReduction, withReduction } from "#notebook/edit-cell.ts";

const PLAIN = { retention: 0.25, order: "reference", weighting: "plain" } as const;
const AIM: SaidReduction = { method: "aim", merge: PLAIN, prune: { kind: "linear", firstLayer: 14, lastLayer: 22 } };
const LINES = "%merge 25%\n%prune 14..22\n";

/** What the directives of a cell say, and its question. */
function meaning(source: string) {
  const { question, directives, errors } = parseCell(source);
  const patch = Object.assign({}, ...directives.map(({ settings }) => settings.patch ?? {}));
  return { question, method: patch.method, merge: patch.merge, prune: patch.prune, errors };
}

describe("withReduction", () => {
  it("puts new lines behind the media, before the question", () => {
    assert.equal(withReduction("%video a.mp4\nWhat happens?", AIM), `%video a.mp4\n${LINES}What happens?`);
    assert.equal(
      withReduction("%% note\n%video a.mp4\n%image b.jpg\n\n%seed 3\nWhat?\n", AIM),
      `%% note\n%video a.mp4\n%image b.jpg\n${LINES}\n%seed 3\nWhat?\n`,
    );
  });

  it("puts them before the question where there are no media, and into an empty cell", () => {
    assert.equal(withReduction("%seed 3\n\nWhat?", AIM), `%seed 3\n\n${LINES}What?`);
    assert.equal(withReduction("What?", AIM), `${LINES}What?`);
    assert.equal(withReduction("", AIM), LINES);
    assert.equal(withReduction("%seed 3", AIM), "%seed 3\n%merge 25%\n%prune 14..22");
    assert.equal(withReduction("%video a.mp4", AIM), "%video a.mp4\n%merge 25%\n%prune 14..22");
  });

  it("replaces lines where they stand, and keeps all else", () => {
    const source = "%prune off\r\n%video a.mp4\r\n%merge 50% order=spatial  \r\n%% as published\r\nWhat  happens?\r\n";
    const edited = "%prune 14..22\r\n%video a.mp4\r\n%merge 25%\r\n%% as published\r\nWhat  happens?\r\n";
    assert.equal(withReduction(source, AIM), edited);
  });

  it("puts what is missing behind what is there", () => {
    assert.equal(withReduction("%merge 50%\n%seed 3\nWhat?", AIM), `${LINES}%seed 3\nWhat?`);
  });

  it("says a method only where one is asked for", () => {
    assert.equal(withReduction("%method full\nWhat?", AIM), `%method aim\n${LINES}What?`);
    assert.equal(withReduction("What?", AIM, { hasMethodAbove: true }), `%method aim\n${LINES}What?`);
    assert.equal(withReduction("What?", { ...AIM, method: "fastv" }), `%method fastv\n${LINES}What?`);
  });

  it("writes what is off, and options that are not defaults", () => {
    assert.equal(
      withReduction("Q", { ...AIM, merge: { ...PLAIN, retention: 1 }, prune: "off" }),
      "%merge off\n%prune off\nQ",
    );
    const merge = { retention: 0.125, order: "spatial", weighting: "size" } as const;
    assert.equal(
      withReduction("%merge 1%\nQ", { ...AIM, merge }).split("\n")[0],
      "%merge 12.5% order=spatial weighting=size",
    );
  });

  it("makes a comment of what is said twice, and mends what was wrong", () => {
    assert.equal(withReduction("%merge 120%\n%merge 3%\nQ", AIM), "%merge 25%\n%% %merge 3%\n%prune 14..22\nQ");
  });

  it("takes a budget away, and puts the cuts in its place", () => {
    assert.equal(
      withReduction("%video a.mp4\n%seed 1\n%budget 7x\nWhat?", AIM),
      `%video a.mp4\n%seed 1\n${LINES}What?`,
    );
    assert.equal(
      withReduction("%budget 7x\n%budget 2s\n%merge 50%\nWhat?", AIM),
      "%prune 14..22\n%% %budget 2s\n%merge 25%\nWhat?",
    );
    assert.equal(withReduction("%merge 1%\n%prune off\n%budget 7x", AIM), `${LINES}%% %budget 7x`);
    assert.equal(withReduction("%budget 7x\n", AIM), LINES);
    assert.equal(withReduction("%budget 7x", AIM), "%merge 25%\n%prune 14..22");
    assert.equal(withReduction("%video a.mp4\r\n%budget 7x", AIM), "%video a.mp4\r\n%merge 25%\r\n%prune 14..22");
  });

  const share = fc.integer({ min: 1, max: 1000 }).map((part) => part / 1000);
  const layer = fc.integer({ min: 0, max: 40 });
  const prune = fc.oneof(
    fc.constant("off" as const),
    fc.tuple(layer, fc.integer({ min: 1, max: 9 })).map(([firstLayer, span]) => ({
      kind: "linear" as const,
      firstLayer,
      lastLayer: firstLayer + span,
    })),
    fc.tuple(layer, share).map(([at, retention]) => ({ kind: "steps" as const, steps: [{ layer: at, retention }] })),
  );
  const reduction: fc.Arbitrary<SaidReduction> = fc.record({
    method: fc.constantFrom(...METHOD_NAMES),
    merge: fc.record({
      retention: fc.oneof(fc.constant(1), share),
      order: fc.constantFrom(...MERGE_ORDERS),
      weighting: fc.constantFrom(...MERGE_WEIGHTINGS),
    }),
    prune,
  });
  const line = fc.oneof(
    fc.constantFrom(
      "%video a.mp4",
      "%image b.jpg",
      "%method full",
      "%merge 50%",
      "%merge off order=spatial",
      "%merge",
      "%prune 2..5",
      "%prune nonsense",
      "%budget 7x",
      "%budget",
      "%% %merge 3%",
      "%seed 3",
      "%unknown",
      "\\%merge 3%",
      " %merge 3%",
      "What happens?",
      "",
      "  ",
    ),
    fc.string({ unit: "binary", maxLength: 5 }),
  );
  const cell = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), { maxLength: 8 }).chain((lines) =>
    fc.boolean().map((isOpen) =>
      lines
        .map(([text, end]) => text + end)
        .join("")
        .slice(0, isOpen ? -1 : undefined),
    ),
  );

  it("says exactly this in any cell, with the same question, and nothing more the second time", () => {
    fc.assert(
      fc.property(cell, reduction, fc.boolean(), (source, said, hasMethodAbove) => {
        const edited = withReduction(source, said, { hasMethodAbove });
        const before = meaning(source);
        const after = meaning(edited);
        assert.equal(after.question, before.question);
        assert.deepEqual(after.prune, said.prune);
        const { retention, order, weighting } = said.merge;
        assert.deepEqual(
          { ...PLAIN, ...after.merge },
          retention === 1 ? { ...PLAIN, retention } : { retention, order, weighting },
        );
        const isSaid = hasMethodAbove || said.method !== "aim" || /^%method(?![^\r\n \t])/m.test(source);
        if (isSaid) assert.equal(after.method, said.method);
        else assert.equal(after.method, undefined);
        const names = after.errors.map(({ message }) => message);
        assert.ok(!names.some((message) => /^(merge|prune|%(method|merge|prune|budget)) /.test(message)), names.join());
        assert.equal(withReduction(edited, said, { hasMethodAbove }), edited);
        const others = (text: string) =>
          text.split(/\r\n|\r|\n/).filter((each) => !/^(%% )?%(method|merge|prune|budget)(?![^ \t])/.test(each));
        assert.deepEqual(others(edited), others(source));
      }),
      { numRuns: 500 },
    );
  });
});
