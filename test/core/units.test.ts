import assert from "node:assert/strict";
import { flopsUnit, formatCount, formatFlops, formatMs, formatNumber, formatShare, formatTimes } from "#core/units.ts";

const cases = <T>(format: (value: T) => string, expected: readonly (readonly [T, string])[]) => {
  for (const [value, text] of expected) assert.equal(format(value), text);
};

describe("units", () => {
  it("choose the unit of FLOPs by size", () => {
    cases(formatFlops, [
      [0, "0 TFLOPs"],
      [3e-12, "3 FLOPs"],
      [1.8e-7, "180 kFLOPs"],
      [3.312e-4, "331 MFLOPs"],
      [0.00149, "1.49 GFLOPs"],
      [14.757, "14.8 TFLOPs"],
      [99_630, "99.6 PFLOPs"],
      [5e9, "5,000,000 PFLOPs"],
    ]);
  });

  it("can hold several values to one unit", () => {
    assert.equal(formatFlops(0.0008, flopsUnit([2.7, 0.0008])), "0.0008 TFLOPs");
  });

  it("say milliseconds, seconds and minutes", () => {
    cases(formatMs, [
      [0, "0 ms"],
      [0.42, "0.42 ms"],
      [999.4, "999 ms"],
      [999.6, "1 s"],
      [1240, "1.24 s"],
      [59_940, "59.9 s"],
      [59_960, "1 min 0 s"],
      [148_000, "2 min 28 s"],
    ]);
  });

  it("set thousands apart and keep three digits", () => {
    cases(formatCount, [[6272, "6,272"]]);
    cases(formatNumber, [
      [1234.5, "1,235"],
      [0.000257, "0.000257"],
      [10.512, "10.5"],
    ]);
    cases(formatShare, [
      [0.25, "25%"],
      [0.437, "43.7%"],
    ]);
    cases(formatTimes, [[6.749, "6.75×"]]);
  });
});
