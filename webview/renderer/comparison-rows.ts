import type { RunRecord } from "#core/record.ts";
import { formatCount, formatFlops, formatMs, formatTimes } from "#core/units.ts";
import { comparedCosts, seeingNote } from "../compare/cost.ts";
import { tokenPath } from "../ui/key-figures.ts";

/** A figure of every run of a comparison. */
export interface ComparisonRow {
  readonly name: string;
  /** [runs] */
  readonly cells: readonly ComparisonCell[];
}

interface ComparisonCell {
  readonly text: string;
  readonly detail: string;
  /** Of the largest in the row, in [0, 1]. */
  readonly share: number;
}

/** What runs needed, so that they can be compared, and in what sense. */
export function comparisonRows(records: readonly RunRecord[]): { rows: readonly ComparisonRow[]; note: string } {
  const costs = comparedCosts(records);
  const all = records.flatMap((record, index) => {
    const cost = costs[index];
    return cost ? [{ record, cost }] : [];
  });
  const row = (
    name: string,
    value: (of: (typeof all)[number]) => number,
    words: (of: (typeof all)[number]) => readonly [text: string, detail: string],
  ): ComparisonRow => {
    const most = Math.max(...all.map(value));
    const cells = all.map((of) => {
      const [text, detail] = words(of);
      return { text, detail, share: most > 0 ? value(of) / most : 0 };
    });
    return { name, cells };
  };
  const rows = [
    row(
      "Tokens",
      ({ record }) => record.tokens.perLayer.reduce((sum, tokens) => sum + tokens, 0),
      ({ record }) => [
        tokenPath(record),
        `visual tokens encoded, into the LLM, into its last layer; ${record.tokens.text} of text`,
      ],
    ),
    row(
      "FLOPs",
      ({ cost }) => cost.tflops,
      ({ record, cost }) => [
        formatFlops(cost.tflops),
        `convention exact, the vision tower ${formatFlops(cost.seeingTflops)} of it; LLM prefill alone ${formatFlops(record.cost.aim.tflops)} by convention aim, ${formatTimes(record.cost.aim.ratio)} fewer than full`,
      ],
    ),
    row(
      "Time",
      ({ cost }) => cost.restMs,
      ({ record, cost }) => [
        formatMs(cost.restMs),
        `after media and vision, which took ${formatMs(cost.seeingMs)}; ${formatCount(record.tokens.generated)} tokens`,
      ],
    ),
  ];
  const note = [
    "FLOPs by convention exact. Time from the features of the vision tower to the end of the answer.",
    seeingNote(costs),
  ];
  return { rows, note: note.filter(Boolean).join(" ") };
}
