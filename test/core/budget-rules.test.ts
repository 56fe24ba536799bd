import assert from "node:assert/strict";
import { checkBudget, notOverruled } from "#core/budget-rules.ts";
import { parseBudget } from "#core/budget-target.ts";
import { resolveSettings, type SettingsPatch } from "#core/settings.ts";
import { assertAimError } from "../support/assert-error.ts";
import { presetOf } from "../support/preset.ts";

const budget = parseBudget("7x");
const prune = { kind: "linear", firstLayer: 2, lastLayer: 5 } as const;

describe("checkBudget", () => {
  const check = (said: SettingsPatch) => checkBudget(said, (word) => `%${word}`);

  it("takes a budget alone, with method aim, and with how tokens are merged", () => {
    for (const said of [
      { budget },
      { budget, method: "aim" as const },
      { budget, merge: { order: "spatial" as const } },
    ]) {
      check(said);
      assert.equal(resolveSettings(presetOf(8), said).method, "aim");
    }
    check({ merge: { retention: 0.5 }, prune, method: "full" });
  });

  it("refuses it beside what it chooses itself, and beside other methods", () => {
    assertAimError(() => check({ budget, merge: { retention: 1 } }), {
      code: "invalid-argument",
      message: /%budget and %merge/,
      hint: /one of them/,
    });
    assertAimError(() => check({ budget, prune: "off" }), {
      code: "invalid-argument",
      message: /%budget and %prune/,
      hint: /one of them/,
    });
    assertAimError(() => check({ budget, method: "full" }), {
      code: "invalid-argument",
      message: /by method aim, got full/,
      hint: /%budget/,
    });
    assertAimError(() => resolveSettings(presetOf(8), { budget, prune }), {
      code: "invalid-argument",
      message: /budget and prune/,
      hint: /./,
    });
  });
});

describe("notOverruled", () => {
  it("lets a budget take the place of cuts and methods, but for how tokens are merged", () => {
    const base: SettingsPatch = { method: "full", merge: { retention: 0.5, order: "spatial" }, prune, seed: 3 };
    assert.deepEqual(notOverruled(base, { budget }), { merge: { order: "spatial" }, seed: 3 });
    assert.deepEqual(notOverruled<SettingsPatch>({ method: "aim", prune }, { budget }), { method: "aim" });
  });

  it("lets cuts and other methods take the place of a budget, and nothing else", () => {
    const base: SettingsPatch = { budget, seed: 3 };
    for (const over of [{ merge: { retention: 0.5 } }, { prune }, { method: "full" }]) {
      assert.deepEqual(notOverruled(base, over), { seed: 3 });
    }
    for (const over of [{}, { method: "aim" }, { merge: { order: "spatial" as const } }]) {
      assert.deepEqual(notOverruled(base, over), base);
    }
  });
});
