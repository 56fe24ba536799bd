import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { ReportDocument } from "#core/report-document.ts";
import { ErrorBanner } from "../ui/error-banner.tsx";
import { Prose } from "../ui/prose.tsx";
import { ComparisonView } from "./comparison-view.tsx";
import { entryModels, runsOf, subtitle } from "./model.ts";
import { RunView } from "./run-view.tsx";
import { SummaryTable } from "./summary-table.tsx";

/** The whole report. */
export function ReportView({ document }: { document: ReportDocument }): VNode {
  const entries = useMemo(() => entryModels(document), [document]);
  const runs = runsOf(entries);
  return (
    <main>
      <header class="title">
        <h1>{document.title}</h1>
        <p class="subtitle">{subtitle(runs)}</p>
      </header>
      {runs.length > 1 && <SummaryTable runs={runs} />}
      {entries.map(({ heading, markdown, run, comparison, error }, index) => (
        <section class={run || comparison ? "entry with-run" : "entry"} key={index}>
          {heading !== undefined && <h2 class="heading">{heading}</h2>}
          {markdown !== undefined && <Prose markdown={markdown} />}
          {run && <RunView run={run} isTitle={runs.length === 1 && run.record.question === document.title} />}
          {comparison && (
            <ComparisonView
              columns={comparison}
              isTitle={runs.length === comparison.length && runs[0]?.record.question === document.title}
            />
          )}
          {error && <ErrorBanner error={error} />}
        </section>
      ))}
    </main>
  );
}
