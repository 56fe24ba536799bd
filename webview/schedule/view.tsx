import "./style.css";
import type { VNode } from "preact";
import { useCallback, useMemo } from "preact/hooks";
import { type Cut, planFromRecord } from "#core/cost/planner.ts";
import { formatCount } from "#core/units.ts";
import { Button } from "../ui/controls.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Figure } from "../ui/figure.tsx";
import { usePersisted } from "../ui/persisted.ts";
import type { ShownRun, ViewProps } from "../ui/view.ts";
import { BudgetField } from "./budget-field.tsx";
import { CutControls } from "./cut-controls.tsx";
import { edited, type History, isHistoryOf } from "./history.ts";
import {
  chartNote,
  firstCut,
  fullPlan,
  isSameCut,
  layerTable,
  layerTokens,
  planFigures,
  planTable,
  reductionOf,
} from "./model.ts";
import { ScheduleChart } from "./schedule-chart.tsx";
import { WriteBack } from "./write-back.tsx";

/** What the question of a run would take under other settings: planned by the core, in the page, at every change. */
export function ScheduleView({ run }: ViewProps): VNode {
  if (run.record.tokens.encoded === 0) {
    return (
      <p class="empty">
        This question had no pictures or videos, so that there are no visual tokens to cut. Ask about a video to plan
        its schedule here.
      </p>
    );
  }
  return <Schedule run={run} />;
}

const NO_EDITS: History = [];

function Schedule({ run }: { run: ShownRun }): VNode {
  const { record } = run;
  const { layers } = record.model.decoder;
  const planner = useMemo(() => planFromRecord(record), [record]);
  const full = useMemo(() => fullPlan(planner), [planner]);
  const first = useMemo(() => firstCut(record), [record]);
  const isHistory = useMemo(() => isHistoryOf(layers), [layers]);
  const [history, setHistory] = usePersisted<History>(`schedule ${record.id}`, NO_EDITS, isHistory);
  const cut = history.at(-1)?.cut ?? first;
  const plan = useMemo(() => planner.plan(cut), [planner, cut]);
  const rows = useMemo(() => layerTokens(record, plan), [record, plan]);
  const layersTable = useMemo(() => layerTable(rows), [rows]);
  const table = useMemo(() => planTable(plan, full, record), [plan, full, record]);
  const onCut = useCallback(
    (next: Cut, by: string) => {
      if (!isSameCut(next, cut)) setHistory(edited(history, next, by));
    },
    [history, cut, setHistory],
  );
  const { method } = record.settings;
  return (
    <div class="schedule">
      {method !== "aim" && (
        <p class="note">
          This run was of method <code>{method}</code>. What is planned here is method <code>aim</code> in its place.
        </p>
      )}
      <dl class="plan-figures" aria-live="polite">
        {planFigures(plan, full, record).map(({ value, label, detail }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class="value">{value}</dd>
            <dd class="detail">{detail}</dd>
          </div>
        ))}
      </dl>
      <CutControls cut={cut} record={record} onCut={onCut} />
      <Figure
        name="schedule"
        title="Tokens that enter each layer"
        note={`${chartNote(cut.prune)} Without cuts, ${formatCount(full.perLayer[0] ?? 0)} tokens would enter every layer.`}
      >
        <ScheduleChart
          rows={rows}
          prune={cut.prune}
          full={full.perLayer[0] ?? 0}
          onPrune={(prune, by) => onCut({ ...cut, prune }, by)}
        />
      </Figure>
      <div class="below-chart">
        <BudgetField planner={planner} full={full} cut={cut} onCut={onCut} />
        <div class="control-row">
          <Button onClick={() => setHistory(history.slice(0, -1))} isDisabled={history.length === 0}>
            Undo
          </Button>
          <Button onClick={() => setHistory(NO_EDITS)} isDisabled={history.length === 0}>
            Start again
          </Button>
        </div>
      </div>
      <WriteBack run={run} reduction={reductionOf(cut, record)} />
      <DataTable name="plan" title="Plan, run and full inference" table={table} />
      <p class="note">
        Times of the plan are predicted from the measured stages of this run: merging, prefill and decoding take their
        measured time scaled by a roofline of this machine as the run shows it; loading, media and vision stay as they
        were.
      </p>
      <details>
        <summary>Tokens of every layer</summary>
        <DataTable name="tokens-by-layer" title="Tokens by layer" table={layersTable} />
      </details>
    </div>
  );
}
