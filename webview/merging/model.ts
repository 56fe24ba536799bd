import { methodOf } from "#core/methods.ts";
import type { FrameRecord, RunRecord } from "#core/record.ts";
import { formatCount, formatNumber } from "#core/units.ts";
import { type ColourMap, colourTable } from "../ui/color-scale.ts";
import { frameLabel } from "../ui/token-info.ts";
import type { Meeting } from "./groups.ts";

/** What there is to see of merging in a run. */
export type MergingKind =
  /** Every step with its similarities. */
  | { readonly kind: "steps" }
  /** Which patches became one, but not how. */
  | { readonly kind: "groups"; readonly why: string }
  | { readonly kind: "nothing"; readonly why: string };

/** `steps`: how many of them the record knows. */
export function mergingKind(record: RunRecord, steps: number): MergingKind {
  const { settings, tokens, visual } = record;
  const { name, merger, help } = methodOf(settings.method);
  const isGrouped = isAnyMerged(visual.mergedInto);
  if (merger !== "similar") {
    const why = `Method ${name} ${help}; it does not merge by similarity.`;
    return { kind: isGrouped ? "groups" : "nothing", why };
  }
  if (!isGrouped) {
    return {
      kind: "nothing",
      why: `Merging was off: each of the ${formatCount(tokens.encoded)} patches is a token of its own.`,
    };
  }
  if (steps > 0) return { kind: "steps" };
  return {
    kind: "groups",
    why: "This record does not hold the steps of merging: it is of an older version, or space was short. Only their result is known; run the cell again for all of it.",
  };
}

/** Whether any token stands for more than one patch. */
function isAnyMerged(mergedInto: Int32Array): boolean {
  const tokens = mergedInto.filter((token) => token >= 0);
  return new Set(tokens).size < tokens.length;
}

/** `before merging`, `after step 1 of 2`, `after merging`. */
export function stepText(step: number, steps: number): string {
  if (step === 0) return "before merging";
  return steps === 0 ? "after merging" : `after step ${step} of ${steps}`;
}

/** [groups] A colour for each group by its size on a log scale up to `most`; none for a patch by itself. */
export function sizeColours(sizes: Int32Array, most: number, map: ColourMap): Uint32Array {
  const table = colourTable(map);
  const span = Math.log(Math.max(most, 3) / 2);
  return Uint32Array.from(sizes, (size) => {
    const place = Math.min(1, Math.log(Math.max(size, 2) / 2) / span);
    return size < 2 ? 0 : (table[Math.round(place * (table.length - 1))] ?? 0);
  });
}

/** Cosines beyond so many are counted rather than named. */
const MOST_NAMED = 6;

/** `1.0 s, row 3, column 4: 5 patches are one token; step 1 merged 2 at cosine 0.98, 0.95; step 2 merged 1 at cosine 0.91`. */
export function groupText(frame: FrameRecord, cell: number, patches: number, made: readonly Meeting[]): string {
  const place = `${frameLabel(frame)}, row ${Math.floor(cell / frame.columns) + 1}, column ${(cell % frame.columns) + 1}: `;
  if (patches === 0) return `${place}dropped before the LLM`;
  if (patches === 1) return `${place}a patch by itself`;
  const steps = made.map(({ step, cosines }) => {
    const named = cosines.slice(0, MOST_NAMED).map(formatNumber).join(", ");
    const rest = cosines.length > MOST_NAMED ? ` … ${formatNumber(cosines.at(-1) ?? 0)}` : "";
    return `step ${step} merged ${cosines.length === 1 ? "a pair" : `${cosines.length} pairs`} at cosine ${named}${rest}`;
  });
  return [`${place}${formatCount(patches)} patches are one token`, ...steps].join("; ");
}
