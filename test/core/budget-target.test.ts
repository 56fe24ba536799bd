import assert from "node:assert/strict";
import fc from "fast-check";
import { budgetText, formatBudget, parseBudget } from "#core/budget-target.ts";
import { assertAimError } from "../support/assert-error.ts";

describe("parseBudget", () => {
  it("reads FLOPs, times and seconds", () => {
    assert.deepEqual(parseBudget("15T"), { kind: "tflops", value: 15 });
    assert.deepEqual(parseBudget("500G"), { kind: "tflops", value: 0.5 });
    assert.deepEqual(parseBudget("310M"), { kind: "tflops", value: 0.00031 });
    assert.deepEqual(parseBudget("6.75x"), { kind: "times", value: 6.75 });
    assert.deepEqual(parseBudget("0.5s"), { kind: "seconds", value: 0.5 });
  });

  it("refuses what is no limit, and says how one is written", () => {
    for (const text of ["", "7", "x", "-7x", "7 x", "7X", "15TFLOPs", "2ms", "1e3s", "7xx", "NaNs", "∞x"]) {
      assertAimError(() => parseBudget(text), {
        code: "invalid-argument",
        message: /a number and a unit/,
        hint: /15T.*7x.*2s/,
      });
    }
    for (const text of ["0T", "0s", "0.9x", "0x", "90000s", "9999999T", "0.5M"]) {
      assertAimError(() => parseBudget(text), {
        code: "invalid-argument",
        message: /budget must be from .* to /,
        hint: /./,
      });
    }
  });

  it("is the inverse of formatBudget, which takes the largest unit", () => {
    const digits = fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 99_999 }));
    const text = fc.tuple(digits, fc.constantFrom("T", "G", "M", "x", "s")).map(([[whole, part], unit]) => {
      return `${whole}.${String(part).padStart(5, "0")}${unit}`;
    });
    fc.assert(
      fc.property(text, (written) => {
        fc.pre(!/^(8[7-9]|9\d)\d{3}.*s$|^86[4-9]\d\d.*s$/.test(written));
        const target = parseBudget(written);
        assert.deepEqual(parseBudget(formatBudget(target)), target);
        assert.equal(formatBudget(parseBudget(formatBudget(target))), formatBudget(target));
      }),
    );
    assert.deepEqual(
      ["15T", "0.5T", "20000M", "7x", "0.001s"].map((each) => formatBudget(parseBudget(each))),
      [...["15T", "500G", "20G", "7x", "0.001s"]],
    );
  });

  it("says for people what a limit is of", () => {
    assert.equal(budgetText(parseBudget("15T")), "15 TFLOPs of LLM prefill (aim)");
    assert.equal(budgetText(parseBudget("7x")), "7× fewer FLOPs of LLM prefill (aim)");
    assert.equal(budgetText(parseBudget("2s")), "2 s to the first token");
  });
});
