import type { VNode } from "preact";
import { Overview } from "../overview/overview.tsx";
import { NoticeList } from "../ui/notice-list.tsx";
import type { NumberedRun } from "./model.ts";
import { MoreViews } from "./more-views.tsx";

/** Characters from which on an answer is set smaller. */
const LONG_ANSWER = 100;

interface RunViewProps {
  readonly run: NumberedRun;
  /** True where the page's title is this run's question, which need not be read twice. */
  readonly isTitle: boolean;
}

/** Everything that is known of one run. */
export function RunView({ run, isTitle }: RunViewProps): VNode {
  const { record } = run;
  return (
    <article class="run" id={run.anchor} aria-labelledby={`${run.anchor}-question`}>
      <header>
        {!isTitle && <p class="run-number">Run {run.number}</p>}
        <h2 class={isTitle ? "unseen" : "question"} id={`${run.anchor}-question`}>
          {record.question}
        </h2>
        <p class={record.answer.length > LONG_ANSWER ? "answer long" : "answer"}>{record.answer || "(no answer)"}</p>
        <NoticeList record={record} />
      </header>
      <Overview record={record} />
      <MoreViews record={record} name={`Run ${run.number}`} />
    </article>
  );
}
