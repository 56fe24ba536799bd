import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { AnalysisContent } from "#protocol/analysis-api.ts";
import { ErrorBanner } from "../ui/error-banner.tsx";
import { isOneOf, usePersisted } from "../ui/persisted.ts";
import { Tabs } from "../ui/tabs.tsx";
import { Actions } from "./actions.tsx";
import { type PageModel, pageModel } from "./model.ts";
import { RunHeader } from "./run-header.tsx";
import { VIEWS } from "./views.ts";

interface AnalysisPageProps {
  /** Undefined until the editor has said what to show. */
  readonly content: AnalysisContent | undefined;
  /** True in the narrow panel at the side, which can be opened large. */
  readonly isSide: boolean;
}

/** The whole page: what was asked, and the views of it. */
export function AnalysisPage({ content, isSide }: AnalysisPageProps): VNode {
  const model = useMemo(() => content && pageModel(content), [content]);
  return (
    <main class={isSide ? "analysis side" : "analysis"} aria-busy={model === undefined}>
      {model?.errors.map((error) => (
        <ErrorBanner key={error.message} error={error} />
      ))}
      {model === undefined && <p class="empty">Loading…</p>}
      {model?.runs.length === 0 && model.errors.length === 0 && <Nothing />}
      {model !== undefined && model.runs.length > 0 && <Runs model={model} isSide={isSide} />}
    </main>
  );
}

/** What an empty page says. */
function Nothing(): VNode {
  return (
    <p class="empty">
      No run is chosen. Run a cell of an AIM notebook and select it, or pick a run from the list of runs: its tokens,
      FLOPs and time appear here.
    </p>
  );
}

function Runs({ model: { runs }, isSide }: { model: PageModel; isSide: boolean }): VNode | null {
  const ids = useMemo(() => runs.map(({ record }) => record.id), [runs]);
  const [chosenRun, chooseRun] = usePersisted("run", ids[0] ?? "", isOneOf(ids));
  const run = runs.find(({ record }) => record.id === chosenRun) ?? runs[0];
  const views = useMemo(() => (run ? VIEWS.filter((view) => view.isFor?.({ run, runs }) ?? true) : []), [run, runs]);
  const viewIds = useMemo(() => views.map(({ id }) => id), [views]);
  const first = viewIds[0] ?? "";
  const [chosenView, chooseView] = usePersisted(runs.length > 1 ? "view of runs" : "view", first, isOneOf(viewIds));
  const view = views.find(({ id }) => id === chosenView) ?? views[0];
  if (!run || !view) return null;
  const { component: Component } = view;
  return (
    <>
      <RunHeader run={run} runs={runs} view={view} onChoose={chooseRun} />
      <Actions runs={runs} isSide={isSide} />
      <Tabs label="Views" tabs={views} chosen={view.id} onChoose={chooseView}>
        <h2 class="unseen">{view.title}</h2>
        <Component key={`${run.record.id} ${view.id}`} run={run} runs={runs} />
      </Tabs>
    </>
  );
}
