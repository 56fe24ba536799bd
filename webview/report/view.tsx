import type { VNode } from "preact";
import type { ReportDocument } from "#core/report-document.ts";
import { ErrorBanner } from "../ui/error-banner.tsx";
import { Prose } from "../ui/prose.tsx";
import { entryModels, subtitle } from "./model.ts";
import { RunView } from "./run-view.tsx";
import { SummaryTable } from "./summary-table.tsx";

/** The whole report. */
export function ReportView({ document }: { document: ReportDocument }): VNode {
  const entries = entryModels(document);
  const runs = entries.flatMap(({ run }) => run ?? []);
  return (
    <main>
      <header class="title">
        <h1>{document.title}</h1>
        <p class="subtitle">{subtitle(runs)}</p>
      </header>
      {runs.length > 1 && <SummaryTable runs={runs} />}
      {entries.map(({ heading, markdown, run, error }, index) => (
        <section class={run ? "entry with-run" : "entry"} key={index}>
          {heading !== undefined && <h2 class="heading">{heading}</h2>}
          {markdown !== undefined && <Prose markdown={markdown} />}
          {run && <RunView run={run} isTitle={runs.length === 1 && run.record.question === document.title} />}
          {error && <ErrorBanner error={error} />}
        </section>
      ))}
    </main>
  );
}
