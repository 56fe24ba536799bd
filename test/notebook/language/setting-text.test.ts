import assert from "node:assert/strict";
import { parseCell } from "#notebook/cell.ts";
import { DIRECTIVES } from "#notebook/directives.ts";
import { settingText } from "#notebook/language/setting-text.ts";
import { presetOf } from "../../support/preset.ts";

const preset = presetOf(8);

describe("settingText", () => {
  it("says what the directive of that name reads", () => {
    const steps = [
      { layer: 2, retention: 0.5 },
      { layer: 4, retention: 0 },
    ];
    for (const settings of [
      preset,
      { ...preset, merge: { retention: 0.125, order: "spatial", weighting: "size" } as const, prune: "off" as const },
      { ...preset, merge: { ...preset.merge, retention: 1 }, prune: { kind: "steps", steps } as const },
    ]) {
      for (const { name } of DIRECTIVES) {
        const text = settingText(name, settings);
        if (text === undefined) continue;
        const { directives, errors } = parseCell(`%${name} ${text}`);
        assert.deepEqual(errors, []);
        const patch = directives[0]?.settings.patch ?? {};
        const merge = { ...preset.merge, ...patch.merge };
        assert.deepEqual({ ...settings, ...patch, ...(patch.merge && { merge }) }, settings, `%${name} ${text}`);
      }
    }
  });

  it("is there for every directive that says a setting of a run", () => {
    const silent = DIRECTIVES.filter(({ name }) => settingText(name, preset) === undefined);
    assert.deepEqual(
      silent.map(({ name }) => name),
      ["image", "video", "model", "device", "precision", "budget", "compare"],
    );
  });
});
