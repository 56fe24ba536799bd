import type { VNode } from "preact";
import { DiffText } from "./diff-text.tsx";
import { type NumberedRun, runTitle } from "./model.ts";
import { isSameAnswer } from "./outcome.ts";
import { RunMark } from "./run-mark.tsx";

/** Characters from which on answers are set smaller. */
const LONG_ANSWER = 60;

interface AnswersProps {
  readonly runs: readonly NumberedRun[];
  readonly reference: NumberedRun;
}

/** The answers side by side, their words marked where they differ from those of `reference`. */
export function Answers({ runs, reference }: AnswersProps): VNode {
  const isLong = runs.some(({ record }) => record.answer.length > LONG_ANSWER);
  const isDifferent = runs.some(({ record }) => !isSameAnswer(record, reference.record));
  return (
    <section class="compare-answers" aria-label="Answers">
      <ul class={isLong ? "long" : ""}>
        {runs.map((run) => (
          <li key={run.number}>
            <p class="compare-name">
              <RunMark number={run.number} /> {runTitle(run)}
            </p>
            <Answer run={run} reference={reference} />
          </li>
        ))}
      </ul>
      {isDifferent && (
        <p class="note">
          Against run {reference.number}: <ins>words that it has not</ins>, <del>words that only it has</del>.
        </p>
      )}
    </section>
  );
}

function Answer({ run, reference }: { run: NumberedRun; reference: NumberedRun }): VNode {
  const { answer } = run.record;
  if (answer === "") return <p class="compare-answer">(no answer)</p>;
  const isSame = run === reference || isSameAnswer(run.record, reference.record);
  return (
    <p class="compare-answer" dir="auto">
      {isSame ? answer : <DiffText before={reference.record.answer} after={answer} />}
    </p>
  );
}
