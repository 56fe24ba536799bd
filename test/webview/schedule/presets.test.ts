import assert from "node:assert/strict";
import { formatPrune } from "#core/prune-settings.ts";
import { presetsFor } from "../../../webview/schedule/presets.ts";

const text = (layers: number) =>
  presetsFor(layers).map(({ cut }) => `${100 * cut.retention}% ${formatPrune(cut.prune)}`);

describe("presetsFor", () => {
  it("gives the paper's settings on a model of the paper's depth", () => {
    assert.deepEqual(text(28).slice(0, 8), [
      ...["25% 14..22", "25% 21..29", "25% 14..29", "25% 21..22"],
      ...["25% 7..22", "25% 14..15", "25% 7..15", "25% 7..8"],
    ]);
    assert.deepEqual(text(28).slice(8, 14), [
      "50% off",
      "25% off",
      "12.5% off",
      "6.25% off",
      "3.125% off",
      "1.5625% off",
    ]);
    assert.deepEqual(text(32).slice(14), ["43.75% 13..21", "12.5% 13..21"]);
  });

  it("scales layers by depth, and says so", () => {
    const [first] = presetsFor(8);
    assert.deepEqual(first?.cut.prune, { kind: "linear", firstLayer: 4, lastLayer: 6 });
    assert.equal(first?.label, "Default: merge 25%, prune 14..22 of 28 layers");
    assert.equal(presetsFor(28)[0]?.label, "Default: merge 25%, prune 14..22");
  });

  it("keeps schedules inside even the shallowest models", () => {
    for (const layers of [1, 2, 3, 5]) {
      for (const { cut } of presetsFor(layers)) {
        if (cut.prune === "off" || cut.prune.kind !== "linear") continue;
        const { firstLayer, lastLayer } = cut.prune;
        assert.ok(firstLayer >= 0 && firstLayer < layers && lastLayer > firstLayer);
      }
    }
  });
});
