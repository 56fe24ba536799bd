import "../ui/heat.css";
import "./style.css";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { formatCount } from "#core/units.ts";
import { DataTable } from "../ui/data-table.tsx";
import { isWholeIn, usePersisted } from "../ui/persisted.ts";
import { countNewlines } from "../ui/token-layers.ts";
import type { ViewProps } from "../ui/view.ts";
import { Distributions } from "./distributions.tsx";
import { GroupFrames } from "./group-frames.tsx";
import { groupsOfRun, mergedFrames, stepCount } from "./groups.ts";
import { mergingKind } from "./model.ts";
import { Redundancy } from "./redundancy.tsx";
import { frameRows, frameTable, TWIN_COSINE, totalRedundancy } from "./similarity.ts";

/** What became one token before the LLM, step by step, and how much of each frame was redundant. */
export function MergingView({ run }: ViewProps): VNode {
  const { record } = run;
  if (record.visual.count === 0) {
    return <p class="empty">This question is about no picture and no video, so there was nothing to merge.</p>;
  }
  return <Merging record={record} />;
}

function Merging({ record }: { record: RunRecord }): VNode {
  const frames = useMemo(() => mergedFrames(record), [record]);
  const steps = stepCount(frames);
  const last = Math.max(1, steps);
  const kind = useMemo(() => mergingKind(record, steps), [record, steps]);
  const [step, setStep] = usePersisted("merging.step", last, isWholeIn(0, last));
  const [percent, setPercent] = usePersisted("merging.twins", 100 * TWIN_COSINE, isWholeIn(0, 100));
  const groups = useMemo(() => groupsOfRun(record, step), [record, step]);
  const rows = useMemo(() => frameRows(frames, percent / 100), [frames, percent]);
  const table = useMemo(() => frameTable(rows), [rows]);
  const total = useMemo(() => totalRedundancy(frames, percent / 100), [frames, percent]);
  if (kind.kind === "nothing") return <p class="empty">{kind.why}</p>;
  return (
    <div class="merging">
      <Summary record={record} steps={steps} />
      {kind.kind === "groups" && <p class="note">{kind.why}</p>}
      <GroupFrames record={record} frames={frames} groups={groups} step={step} steps={steps} onStep={setStep} />
      <Distributions frames={frames} groups={groups} step={step} steps={steps} />
      {kind.kind === "steps" && (
        <>
          <Redundancy rows={rows} total={total} percent={percent} onPercent={setPercent} />
          <DataTable name="merging-by-frame" title="Frame by frame" table={table} />
        </>
      )}
    </div>
  );
}

/** What merging did, in one line. */
function Summary({ record, steps }: { record: RunRecord; steps: number }): VNode {
  const { tokens, visual } = record;
  const merged = tokens.merged - countNewlines(visual);
  const inSteps = steps === 0 ? "" : steps === 1 ? " in one step" : ` in ${steps} steps`;
  return (
    <p class="merging-summary">
      <strong>{formatCount(tokens.encoded)}</strong> patches became <strong>{formatCount(merged)}</strong> tokens
      {inSteps}
      {record.media.some(({ frames }) => frames.length > 1) ? ", each frame by itself." : "."}
    </p>
  );
}
