import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { predictionText } from "#core/cost/predicted-error.ts";
import type { RunRecord } from "#core/record.ts";
import { formatCount, formatFlops, formatMs, formatTimes } from "#core/units.ts";
import { StageLegend } from "../ui/stage-legend.tsx";
import type { Bar } from "./bars.ts";

/** All pieces of the bars in words, and by which convention FLOPs are counted; made when it is opened. */
export function Stages({ record, bars }: { record: RunRecord; bars: readonly Bar[] }): VNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details class="stages" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>Stages</summary>
      {isOpen && (
        <>
          <div class="stage-tables">
            {bars.map(({ name, text, segments }) => (
              <section key={name}>
                <h4>
                  {name} <span>{text}</span>
                </h4>
                <StageLegend label={name} segments={segments} />
              </section>
            ))}
          </div>
          {notes(record).map((note) => (
            <p key={note}>{note}</p>
          ))}
        </>
      )}
    </details>
  );
}

function notes(record: RunRecord): readonly string[] {
  const { timeMs, tokens, peakRssMb } = record;
  const { aim, exact } = record.cost;
  const prediction = predictionText(record);
  const against = ({ tflops, fullTflops, ratio }: typeof aim | typeof exact) =>
    `${formatFlops(tflops)} of ${formatFlops(fullTflops)}, ${formatTimes(ratio)} fewer`;
  return [
    `Convention exact counts everything this run executed: ${against(exact)}.`,
    `Convention aim counts LLM prefill as the authors' code does: ${against(aim)}.`,
    `First token after ${formatMs(timeMs.firstToken)}, ${formatCount(tokens.generated)} tokens in ${formatMs(timeMs.total)}; ${formatCount(peakRssMb)} MB of memory at most.`,
    ...(prediction === undefined ? [] : [`The ${prediction}.`]),
  ];
}
