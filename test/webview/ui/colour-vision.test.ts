import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { COLOUR_MAPS, colourAt } from "#webview/ui/color-scale.ts";
import { difference, type Rgb, SIGHTS, seenAs } from "../../support/colour-vision.ts";

const THEME = readFileSync("webview/ui/theme.css", "utf8");

/** A colour of theme.css by its name, for light and dark pages. */
function themeColour(name: string, scheme: "light" | "dark"): Rgb {
  const found = new RegExp(`--${name}: light-dark\\(#(\\w{6}), #(\\w{6})\\)`).exec(THEME);
  const value = Number.parseInt(found?.[scheme === "light" ? 1 : 2] ?? "", 16);
  assert.ok(Number.isFinite(value), `theme.css has no colour ${name}`);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

for (const [name, sight] of Object.entries(SIGHTS)) {
  describe(`for eyes that see with ${name}`, () => {
    for (const map of COLOUR_MAPS) {
      it(`more is lighter in ${map}, all the way`, () => {
        const colours = Array.from({ length: 33 }, (_, i) => seenAs(colourAt(map, i / 32), sight));
        for (const [i, [lightness]] of colours.entries()) {
          assert.ok(lightness > (colours[i - 1]?.[0] ?? -1), `step ${i}: L* ${lightness}`);
        }
        const [first, last] = [colours[0], colours.at(-1)];
        assert.ok(first && last && last[0] - first[0] > 60);
      });
    }

    for (const scheme of ["light", "dark"] as const) {
      it(`the three kinds of stages differ on a ${scheme} page`, () => {
        const kinds = ["language-1", "reducing-1", "seeing-1"].map((kind) => seenAs(themeColour(kind, scheme), sight));
        for (const [i, one] of kinds.entries()) {
          for (const other of kinds.slice(i + 1)) assert.ok(difference(one, other) > 15, `${difference(one, other)}`);
        }
      });

      it(`the shades of a kind differ in lightness on a ${scheme} page`, () => {
        for (const shades of [
          ["language-1", "language-2", "language-3"],
          ["reducing-1", "reducing-2"],
          ["seeing-1", "seeing-2", "seeing-3"],
        ]) {
          const lightness = shades.map((shade) => seenAs(themeColour(shade, scheme), sight)[0]).sort((a, b) => a - b);
          for (const [i, value] of lightness.entries()) {
            if (i > 0) assert.ok(value - (lightness[i - 1] ?? 0) > 8, `${shades.join(", ")}: ${lightness.join(", ")}`);
          }
        }
      });
    }
  });
}
