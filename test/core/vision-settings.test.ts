import assert from "node:assert/strict";
import { resolveSettings } from "#core/settings.ts";
import { runText, settingsText } from "#core/settings-text.ts";
import { formatSimilar, formatVision, layVision, parseSimilar, VISION_OFF } from "#core/vision-settings.ts";
import { assertAimError } from "../support/assert-error.ts";
import { presetOf } from "../support/preset.ts";

describe("vision settings", () => {
  it("read a difference in levels, or off", () => {
    assert.deepEqual(["8", "0.5", "64", "off"].map(parseSimilar), [8, 0.5, 64, 0]);
    for (const text of ["0", "65", "-1", "8%", "", "1e1", "on"]) {
      assertAimError(() => parseSimilar(text), {
        code: "invalid-argument",
        message: /similar must be a number of 8-bit levels/,
        hint: /such as 4, or off/,
      });
    }
    assert.deepEqual([8, 0.5, 0].map(formatSimilar), ["8", "0.5", "off"]);
  });

  it("are written as a line of a cell says them", () => {
    assert.equal(formatVision(VISION_OFF), "off");
    assert.equal(formatVision({ retention: 0.25, similar: 0 }), "merge=25%");
    assert.equal(formatVision({ retention: 0.25, similar: 8 }), "merge=25% similar=8");
  });

  it("are laid over the preset's one by one", () => {
    const preset = { retention: 0.5, similar: 4 };
    assert.deepEqual(layVision(preset, { similar: 0 }), { retention: 0.5, similar: 0 });
    assert.deepEqual(layVision(preset), preset);
  });

  it("of the preset do not hold under full, which shall be what the model sees without any cut", () => {
    const preset = { ...presetOf(8), vision: { retention: 0.5, similar: 4 } };
    assert.deepEqual(resolveSettings(preset, {}).vision, preset.vision);
    assert.deepEqual(resolveSettings(preset, { method: "full" }).vision, VISION_OFF);
    const said = resolveSettings(preset, { method: "full", vision: { similar: 2 } });
    assert.deepEqual(said.vision, { retention: 1, similar: 2 });
  });

  it("are named in the words for a run where they are on", () => {
    const settings = { ...presetOf(8), vision: { retention: 0.25, similar: 8 } };
    const plain = (text: string) => text.replaceAll("\u00a0", " ");
    assert.equal(plain(settingsText(settings)), "merge 25%, prune 4..6, tower 25%, similar 8");
    assert.equal(plain(runText({ ...settings, method: "full" })), "full, tower 25%, similar 8");
    assert.equal(runText({ ...presetOf(8), method: "full" }), "full");
  });
});
