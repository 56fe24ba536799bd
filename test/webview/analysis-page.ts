import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parseWord } from "#core/settings.ts";
import { build } from "../../esbuild.mjs";
import { analysisPage } from "./analysis/page.ts";
import { SIZE_NAMES, SIZES } from "./analysis/sizes.ts";
import { pictured } from "./pictured.ts";
import type { THEMES } from "./themes.ts";

// Writes an analysis page of synthetic runs, to look at and to measure:
//   npx tsx test/webview/analysis-page.ts out/analysis.html [--size demo|large|full|192] [--theme dark] [--place side|panel] [--view heatmap] [--runs 1] [--no-attention]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string", default: "demo" },
    theme: { type: "string", default: "dark" },
    place: { type: "string", default: "panel" },
    view: { type: "string" },
    runs: { type: "string", default: "1" },
    "no-attention": { type: "boolean", default: false },
  },
});
const size = parseWord("size", values.size, SIZE_NAMES);
const theme = parseWord("theme", values.theme, [
  "dark",
  "light",
  "contrast-dark",
  "contrast-light",
] satisfies (keyof typeof THEMES)[]);

const variants = [
  {},
  { mergeSteps: [], prune: "off", fields: { answer: "to the right" } },
  { mergeSteps: [24], prune: "off" },
  { prune: "off" },
] as const;
const records = await Promise.all(
  Array.from({ length: Number(values.runs) }, async (_, index) => {
    const variant = size === "demo" ? variants[index % variants.length] : {};
    const record = await pictured({ ...SIZES[size], ...variant });
    return { ...record, id: `synthetic-${index}` };
  }),
);
await build();
const page = await analysisPage(records, {
  theme,
  place: parseWord("place", values.place, ["side", "panel"]),
  holdsAttention: !values["no-attention"],
  ...(values.view && { view: values.view }),
});
await writeFile(positionals[0] ?? "out/analysis.html", page);
