import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { CompareView } from "../compare/view.tsx";
import type { ShownRun } from "../ui/view.ts";
import type { NumberedColumn } from "./model.ts";

interface ComparisonViewProps {
  readonly columns: readonly NumberedColumn[];
  /** True where the page's title is the question, which need not be read twice. */
  readonly isTitle: boolean;
}

/** One question under several settings. */
export function ComparisonView({ columns, isTitle }: ComparisonViewProps): VNode | null {
  const runs = useMemo(
    () => columns.map(({ record, label }): ShownRun => ({ record, name: label, hasCell: false, canReplay: false })),
    [columns],
  );
  const [first] = runs;
  if (!first) return null;
  const numbers = columns.map(({ number }) => number);
  return (
    <article class="run comparison">
      {/* The table of all runs leads to each of them. */}
      {columns.map(({ anchor }) => (
        <span key={anchor} id={anchor} />
      ))}
      <p class="run-number">
        Runs {numbers[0]} to {numbers.at(-1)}, compared{numbers[0] === 1 ? "" : " and here numbered from 1"}
      </p>
      <h2 class={isTitle ? "unseen" : "question"}>{first.record.question}</h2>
      <CompareView run={first} runs={runs} />
    </article>
  );
}
