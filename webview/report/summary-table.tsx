import type { VNode } from "preact";
import { type NumberedRun, summaryRows } from "./model.ts";

/** All runs, one a line, each with a link to its part of the page. */
export function SummaryTable({ runs }: { runs: readonly NumberedRun[] }): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="summary" aria-label="All runs" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Question</th>
            <th scope="col">Answer</th>
            <th scope="col">Settings</th>
            <th scope="col">Visual tokens</th>
            <th scope="col">FLOPs (exact)</th>
            <th scope="col">Fewer</th>
            <th scope="col">First token</th>
          </tr>
        </thead>
        <tbody>
          {summaryRows(runs).map((row) => (
            <tr key={row.number}>
              <td>
                <a href={`#${row.anchor}`} aria-label={`Run ${row.number}`}>
                  {row.number}
                </a>
              </td>
              <td class="words">{row.question}</td>
              <td class="words answer-cell">{row.answer}</td>
              <td class="words">{row.settings}</td>
              <td>{row.tokens}</td>
              <td>{row.flops}</td>
              <td>{row.ratio}</td>
              <td>{row.firstToken}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
