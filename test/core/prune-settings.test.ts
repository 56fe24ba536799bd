import assert from "node:assert/strict";
import fc from "fast-check";
import { checkPrune, defaultPrune, formatPrune, type PruneSettings, parsePrune } from "#core/prune-settings.ts";
import { assertAimError } from "../support/assert-error.ts";

const linear = (firstLayer: number, lastLayer: number): PruneSettings => ({ kind: "linear", firstLayer, lastLayer });
const steps = (...pairs: [layer: number, retention: number][]): PruneSettings => {
  return { kind: "steps", steps: pairs.map(([layer, retention]) => ({ layer, retention })) };
};

const layers = fc.nat(9999);
const distinct = <T>(item: fc.Arbitrary<T>, length: number) =>
  fc.uniqueArray(item, { minLength: length, maxLength: length });
const anyPrune: fc.Arbitrary<PruneSettings | "off"> = fc.oneof(
  fc.constant("off" as const),
  distinct(layers, 2).map(([a = 0, b = 1]) => linear(Math.min(a, b), Math.max(a, b))),
  fc.integer({ min: 1, max: 5 }).chain((count) =>
    fc
      .tuple(distinct(layers, count), distinct(fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs), count))
      .map(([at, shares]) => {
        const falling = shares.toSorted((a, b) => b - a);
        return steps(...at.toSorted((a, b) => a - b).map((layer, i): [number, number] => [layer, falling[i] ?? 0]));
      }),
  ),
);

describe("parsePrune", () => {
  const forms: Readonly<Record<string, PruneSettings | "off">> = {
    off: "off",
    "14..22": linear(14, 22),
    "14 .. 22": linear(14, 22),
    "14-22": linear(14, 22),
    "14,22": linear(14, 22),
    "2:50%": steps([2, 0.5]),
    "6:0%": steps([6, 0]),
    "8:50%,16:25%,24:12.5%": steps([8, 0.5], [16, 0.25], [24, 0.125]),
    "8:.5, 16 : 0.25": steps([8, 0.5], [16, 0.25]),
  };
  for (const [text, prune] of Object.entries(forms)) {
    it(`reads ${text}`, () => assert.deepEqual(parsePrune(text), prune));
  }

  for (const text of [
    "",
    "on",
    "7..4",
    "4..4",
    "4",
    "4..",
    "2:",
    "2:150%",
    "2:-1%",
    ":50%",
    "2:50%,",
    "2:50%,2:25%",
    "2:25%,4:50%",
    "2:50%,4:50%",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assertAimError(() => parsePrune(text), {
        code: "invalid-argument",
        message: /prune must be two layers or steps/,
        hint: /write 14\.\.22/,
      });
    });
  }
});

describe("formatPrune", () => {
  it("is the inverse of parsePrune", () => {
    fc.assert(fc.property(anyPrune, (prune) => assert.deepEqual(parsePrune(formatPrune(prune)), prune)));
  });

  it("writes what a person would", () => {
    const written = ["off", "14..22", "2:50%", "8:50%,16:25%,24:12.5%", "1:7%,3:0.1%"];
    assert.deepEqual(
      written.map((text) => formatPrune(parsePrune(text))),
      written,
    );
  });
});

describe("checkPrune", () => {
  for (const prune of [linear(21, 29), linear(27, 28), linear(0, 1), steps([2, 0.5]), steps([27, 0]), "off"] as const) {
    it(`lets ${formatPrune(prune)} run on 28 layers`, () => checkPrune(28, prune));
  }

  const wrong = [
    linear(-1, 2),
    linear(8, 9),
    linear(4, 4),
    linear(5, 4),
    linear(0.5, 3),
    steps(),
    steps([8, 0.5]),
    steps([2, 0.5], [8, 0.25]),
    steps([4, 0.5], [2, 0.25]),
    steps([2, 0.25], [4, 0.5]),
    steps([2, 1.5]),
    steps([2, Number.NaN]),
    steps([2.5, 0.5]),
  ];
  for (const prune of wrong) {
    it(`refuses ${formatPrune(prune) || "no steps"} for 8 layers, which the message names`, () => {
      assertAimError(() => checkPrune(8, prune), { code: "invalid-argument", message: /8 layers/, hint: /0 to 7/ });
    });
  }
});

describe("defaultPrune", () => {
  for (const [depth, firstLayer, lastLayer] of [
    [28, 14, 22],
    [32, 13, 21],
    [24, 12, 19],
    [8, 4, 6],
    [1, 0, 1],
    [2, 1, 2],
  ] as const) {
    it(`${depth} layers: ${firstLayer}..${lastLayer}`, () =>
      assert.deepEqual(defaultPrune(depth), linear(firstLayer, lastLayer)));
  }

  it("lies inside every model", () => {
    for (let depth = 1; depth <= 200; depth++) assert.doesNotThrow(() => checkPrune(depth, defaultPrune(depth)));
  });
});
