import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { formatCount, formatMs } from "#core/units.ts";
import { FrameStrip } from "../ui/frame-strip.tsx";
import { LayerChart } from "../ui/layer-chart.tsx";
import { LayerSlider } from "../ui/layer-slider.tsx";
import { StageBar } from "../ui/stage-bar.tsx";
import { flopsSegments, timeSegments } from "../ui/stages.ts";
import { countPresent } from "../ui/token-grid.ts";
import { FlopsComparison } from "./flops-comparison.tsx";
import type { NumberedRun } from "./model.ts";
import { fullTokens, initialLayer, keyFigures, layerRows } from "./run-model.ts";

/** Everything that is known of one run. */
export function RunView({ run }: { run: NumberedRun }): VNode {
  const { record } = run;
  const flops = useMemo(() => flopsSegments(record.cost), [record]);
  const times = useMemo(() => timeSegments(record.timeMs), [record]);
  return (
    <article class="run" id={run.anchor} aria-labelledby={`${run.anchor}-question`}>
      <header>
        <p class="run-number">Run {run.number}</p>
        <h2 class="question" id={`${run.anchor}-question`}>
          {record.question}
        </h2>
        <p class="answer">{record.answer === "" ? "(no answer)" : record.answer}</p>
        <Notices record={record} />
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
          <FlopsComparison record={record} />
          <h4>By stage, convention exact</h4>
          <StageBar label="FLOPs by stage, convention exact" segments={flops} />
        </section>
        <section>
          <h3>Time</h3>
          <p class="note">
            First token after {formatMs(record.timeMs.firstToken)} (the mark on the bar), {formatCount(record.tokens.generated)} tokens in{" "}
            {formatMs(record.timeMs.total)}; {formatCount(record.peakRssMb)} MB of memory at most.
          </p>
          <StageBar label="Time by stage" segments={times} mark={record.timeMs.firstToken} />
        </section>
      </div>
    </article>
  );
}

const FINISHES = {
  stop: undefined,
  length: "The answer was cut at the greatest number of tokens.",
  cancelled: "The run was cancelled before its end.",
} as const;

function Notices({ record }: { record: RunRecord }): VNode | null {
  const cached = record.cachedFrames === 0 ? undefined : `The vision tower did not run for ${record.cachedFrames} known frames.`;
  const notices = [...record.notices, FINISHES[record.finish], cached].filter((notice) => notice !== undefined);
  if (notices.length === 0) return null;
  return <ul class="notices">{notices.map((notice) => <li key={notice}>{notice}</li>)}</ul>;
}

/** Which tokens are present at which layer: one slider for the chart and all frames. */
function TokensSection({ record }: { record: RunRecord }): VNode {
  const { visual, model, media, tokens } = record;
  const { layers } = model.decoder;
  const [layer, setLayer] = useState(() => initialLayer(record));
  const [areMergesShown, setAreMergesShown] = useState(false);
  const rows = useMemo(() => layerRows(record), [record]);
  const full = useMemo(() => fullTokens(record), [record]);
  const status = `layer ${layer}: ${formatCount(countPresent(visual, layer))} of ${formatCount(visual.count)} visual tokens enter`;
  const isMerged = tokens.merged < tokens.encoded;
  return (
    <section>
      <h3>Tokens by layer</h3>
      <LayerChart rows={rows} layers={layers} layer={layer} fullTokens={full} />
      <LayerSlider layers={layers} layer={layer} status={status} onLayer={setLayer} />
      <div class="controls">
        <p class="status">{status}</p>
        {isMerged && (
          <label>
            <input type="checkbox" checked={areMergesShown} onInput={(event) => setAreMergesShown(event.currentTarget.checked)} />
            Outline merged tokens
          </label>
        )}
      </div>
      {media.map((medium) => (
        <FrameStrip key={medium.name} record={record} medium={medium} layer={layer} areMergesShown={areMergesShown} />
      ))}
    </section>
  );
}
