import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { formatCount, formatMs } from "#core/units.ts";
import { ConventionBars } from "../ui/convention-bars.tsx";
import { keyFigures } from "../ui/key-figures.ts";
import { NoticeList } from "../ui/notice-list.tsx";
import { StageBar } from "../ui/stage-bar.tsx";
import { flopsSegments, timeSegments } from "../ui/stages.ts";
import type { NumberedRun } from "./model.ts";
import { TokensSection } from "./tokens-section.tsx";

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
  const flops = useMemo(() => flopsSegments(record.cost), [record]);
  const times = useMemo(() => timeSegments(record.timeMs), [record]);
  const { aim, exact } = record.cost;
  const most = Math.max(aim.fullTflops, exact.fullTflops, aim.tflops, exact.tflops);
  const aimSegments = useMemo(() => [{ value: aim.tflops, colour: "var(--language-1)" }], [aim]);
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
      <dl class="figures">
        {keyFigures(record).map(({ value, label, detail }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class="value">{value}</dd>
            <dd class="detail">{detail}</dd>
          </div>
        ))}
      </dl>
      <TokensSection record={record} />
      <div class="columns">
        <section>
          <h3>Compute</h3>
          <ConventionBars
            name="exact"
            counts="everything this run executed"
            tflops={exact.tflops}
            fullTflops={exact.fullTflops}
            segments={flops}
            most={most}
          />
          <ConventionBars
            name="aim"
            counts="LLM prefill as the authors' code counts it"
            tflops={aim.tflops}
            fullTflops={aim.fullTflops}
            segments={aimSegments}
            most={most}
          />
          <h4>Stages, convention exact</h4>
          <StageBar label="FLOPs by stage, convention exact" segments={flops} />
        </section>
        <section>
          <h3>Time</h3>
          <p class="note">
            First token after {formatMs(record.timeMs.firstToken)} (the mark on the bar),{" "}
            {formatCount(record.tokens.generated)} tokens in {formatMs(record.timeMs.total)};{" "}
            {formatCount(record.peakRssMb)} MB of memory at most.
          </p>
          <StageBar label="Time by stage" segments={times} mark={record.timeMs.firstToken} />
        </section>
      </div>
    </article>
  );
}
