import type { VNode } from "preact";
import { ErrorBanner } from "../ui/error-banner.tsx";
import { ComparisonView } from "./comparison-view.tsx";
import type { LiveModel, OutputModel } from "./model.ts";
import { RunView } from "./run-view.tsx";

interface OutputViewProps {
  readonly model: OutputModel;
  readonly onOpen: (() => void) | undefined;
}

/** An output: the answer, and under it what is known of the run. */
export function OutputView({ model, onOpen }: OutputViewProps): VNode {
  const { kind, question, answer } = model;
  const isLive = kind === "live";
  return (
    <article class="run-output" aria-label={question ? `Answer to: ${question}` : "Answer"} aria-busy={isLive}>
      {(answer !== "" || isLive) && (
        <p class={isLive ? "answer live" : "answer"} dir="auto" aria-live="polite">
          {answer}
        </p>
      )}
      {kind === "live" && <Progress model={model} />}
      {kind === "error" && <ErrorBanner error={model.error} />}
      {kind === "run" && <RunView key={model.record.id} record={model.record} onOpen={onOpen} />}
      {kind === "comparison" && <ComparisonView runs={model.runs} onOpen={onOpen} />}
    </article>
  );
}

function Progress({ model: { text, share } }: { model: LiveModel }): VNode {
  const known = share === undefined ? {} : { "aria-valuenow": Math.round(100 * share) };
  return (
    <div class="progress">
      <div class="progress-line" role="progressbar" aria-label="Progress" aria-valuetext={text} {...known}>
        <div
          class={share === undefined ? "progress-done unknown" : "progress-done"}
          style={{ width: share === undefined ? "" : `${100 * share}%` }}
        />
      </div>
      <p>{text}</p>
    </div>
  );
}
