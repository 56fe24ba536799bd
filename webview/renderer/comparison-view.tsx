import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { ComparedRun } from "#core/comparison.ts";
import { DiffText } from "../compare/diff-text.tsx";
import { isSameAnswer } from "../compare/outcome.ts";
import { comparisonRows } from "./comparison-rows.ts";

interface ComparisonViewProps {
  readonly runs: readonly ComparedRun[];
  /** Opens the analysis; undefined where there is nobody to open it. */
  readonly onOpen: (() => void) | undefined;
}

/** The runs of a comparison side by side: answers with their words marked where they differ from the first one, and figures. */
export function ComparisonView({ runs, onOpen }: ComparisonViewProps): VNode {
  const { rows, note } = useMemo(() => comparisonRows(runs.map(({ record }) => record)), [runs]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="compared" tabIndex={0} aria-label="Runs side by side">
        <table>
          <thead>
            <tr>
              <td />
              {runs.map(({ label }, index) => (
                <th key={index} scope="col">
                  <span>{index + 1}</span> {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">Answer</th>
              {runs.map((run, index) => (
                <td key={index} class="compared-answer" dir="auto">
                  <Answer run={run} first={runs[0] ?? run} />
                </td>
              ))}
            </tr>
            {rows.map(({ name, cells }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {cells.map(({ text, detail, share }, index) => (
                  <td key={index} title={detail}>
                    {text}
                    <div class="compared-bar" style={{ "--share": share }} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <footer>
        <p class="note">{note}</p>
        {onOpen && (
          <button type="button" class="open" onClick={onOpen}>
            Open analysis
          </button>
        )}
      </footer>
    </>
  );
}

function Answer({ run: { record }, first }: { run: ComparedRun; first: ComparedRun }): VNode {
  if (record.answer === "") return <>(no answer)</>;
  if (isSameAnswer(record, first.record)) return <>{record.answer}</>;
  return <DiffText before={first.record.answer} after={record.answer} />;
}
