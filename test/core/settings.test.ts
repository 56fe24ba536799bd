import assert from "node:assert/strict";
import { parsePrune } from "#core/prune-settings.ts";
import { resolveSettings, type SettingsPatch } from "#core/settings.ts";
import { assertAimError } from "../support/assert-error.ts";
import { presetOf } from "../support/preset.ts";

const preset = presetOf(28);

describe("resolveSettings", () => {
  it("gives the preset where nothing is said, without what is not a setting", () => {
    const { layers, ...settings } = preset;
    assert.equal(layers, 28);
    assert.deepEqual(resolveSettings(preset, {}), settings);
  });

  it("lays what is said over it, one setting at a time", () => {
    const settings = resolveSettings(preset, { frames: 8, merge: { order: "spatial" }, prune: "off", seed: 3 });
    assert.deepEqual(settings.merge, { ...preset.merge, order: "spatial" });
    assert.deepEqual([settings.frames, settings.prune, settings.seed, settings.topP], [8, "off", 3, 1]);
  });

  it("takes undefined for what was not said, at every depth", () => {
    const patch = JSON.parse('{"merge":{}}');
    patch.merge.retention = undefined;
    patch.maxTokens = undefined;
    assert.deepEqual(resolveSettings(preset, patch), resolveSettings(preset, {}));
  });

  it("lets the method decide what is cut", () => {
    const { merge, prune } = resolveSettings(preset, { method: "fastv" });
    assert.deepEqual([merge.retention, prune], [1, parsePrune("2:50%")]);
    assert.equal(resolveSettings(preset, { method: "full", prune: parsePrune("2..4") }).prune, "off");
  });

  it("refuses to keep some tokens under a method that cannot say which", () => {
    const patch: SettingsPatch = { method: "vtw", prune: parsePrune("2:50%") };
    assertAimError(() => resolveSettings(preset, patch), {
      code: "invalid-argument",
      message: /vtw does not rank tokens, so none can be pruned by 2:50%/,
      hint: /14:0%/,
    });
    for (const prune of ["6:0%", "6..7"].map(parsePrune)) {
      assert.deepEqual(resolveSettings(preset, { ...patch, prune }).prune, prune);
    }
  });
});
