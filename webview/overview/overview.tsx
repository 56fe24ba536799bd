import "./style.css";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { predictionText } from "#core/cost/predicted-error.ts";
import type { RunRecord } from "#core/record.ts";
import { formatCount, formatMs } from "#core/units.ts";
import { ConventionBars } from "../ui/convention-bars.tsx";
import { Figure } from "../ui/figure.tsx";
import { keyFigures } from "../ui/key-figures.ts";
import { StageBar } from "../ui/stage-bar.tsx";
import { flopsSegments, timeSegments } from "../ui/stages.ts";
import { TokensSection } from "./tokens-section.tsx";

/** The figures of a run at one glance: tokens, FLOPs and time. */
export function Overview({ record }: { record: RunRecord }): VNode {
  const flops = useMemo(() => flopsSegments(record.cost), [record]);
  const times = useMemo(() => timeSegments(record.timeMs), [record]);
  const { aim, exact } = record.cost;
  const prediction = predictionText(record);
  const most = Math.max(aim.fullTflops, exact.fullTflops, aim.tflops, exact.tflops);
  const aimSegments = useMemo(() => [{ value: aim.tflops, colour: "var(--language-1)" }], [aim]);
  return (
    <>
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
        <Figure name="flops" title="Compute">
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
        </Figure>
        <Figure
          name="time"
          title="Time"
          note={`First token after ${formatMs(record.timeMs.firstToken)} (the mark on the bar), ${formatCount(record.tokens.generated)} tokens in ${formatMs(record.timeMs.total)}; ${formatCount(record.peakRssMb)} MB of memory at most.${prediction === undefined ? "" : ` The ${prediction}.`}`}
        >
          <StageBar label="Time by stage" segments={times} mark={record.timeMs.firstToken} />
        </Figure>
      </div>
    </>
  );
}
