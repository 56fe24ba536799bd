import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { settingsText } from "#core/settings-text.ts";
import { formatMs, formatTimes } from "#core/units.ts";
import { Dropdown } from "../ui/controls.tsx";
import { tokenPath } from "../ui/key-figures.ts";
import { NoticeList } from "../ui/notice-list.tsx";
import type { ShownRun, View } from "../ui/view.ts";

interface RunHeaderProps {
  readonly run: ShownRun;
  readonly runs: readonly ShownRun[];
  /** What is shown below. */
  readonly view: View;
  readonly onChoose: (id: string) => void;
}

/** What was asked and answered, what was cut and what it saved: one line each. */
export function RunHeader({ run, runs, view, onChoose }: RunHeaderProps): VNode {
  const { record } = run;
  const choices = useMemo(
    () => runs.map(({ record, name }, index) => ({ value: record.id, label: `${index + 1}: ${name}` })),
    [runs],
  );
  const media = record.media.map(({ name }) => name).join(", ");
  return (
    <header class="run-header">
      <p class="asked">
        {media !== "" && <span class="asked-of">{media}</span>} {record.question}
      </p>
      {view.isAboutAll ? null : (
        <>
          <h1 class={record.answer.length > LONG_ANSWER ? "answer long" : "answer"}>
            {record.answer || "(no answer)"}
          </h1>
          {!view.hasFigures && (
            <p class="outcome">
              <span>{tokenPath(record)} visual tokens</span>
              <span>{formatTimes(record.cost.exact.ratio)} fewer FLOPs</span>
              <span>first token after {formatMs(record.timeMs.firstToken)}</span>
              <span>{settingsText(record.settings)}</span>
            </p>
          )}
          <NoticeList record={record} />
        </>
      )}
      {runs.length > 1 && !view.isAboutAll && (
        <Dropdown label="Run" value={record.id} choices={choices} onChange={onChoose} />
      )}
    </header>
  );
}

/** Characters from which on an answer is set smaller. */
const LONG_ANSWER = 100;
