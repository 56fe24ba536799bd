import "./style.css";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { Button, Dropdown } from "../ui/controls.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { useEditor } from "../ui/editor.ts";
import type { ViewProps } from "../ui/view.ts";
import { Answers } from "./answers.tsx";
import { OverlapChart, TokensChart } from "./layer-charts.tsx";
import { MeasureBars } from "./measure-bars.tsx";
import { type NumberedRun, numberRuns, overlapLines, runTitle, tokenLines, warnings } from "./model.ts";
import { outcome } from "./outcome.ts";
import { OverlapFrames } from "./overlap-frames.tsx";
import { SettingsTable } from "./settings-table.tsx";
import { figuresTable, layersTable } from "./tables.ts";
import { useRun } from "./use-run.ts";

/** Two to six runs side by side: what they answered, what it took, and which patches they kept. */
export function CompareView({ runs }: ViewProps): VNode {
  const numbered = useMemo(() => numberRuns(runs), [runs]);
  const [first, second] = numbered;
  if (!first || !second) return <NothingToCompare runs={numbered} />;
  return <Comparison runs={numbered} first={first} second={second} notes={warnings(runs)} />;
}

function NothingToCompare({ runs }: { runs: readonly NumberedRun[] }): VNode {
  const editor = useEditor();
  const ids = runs.map(({ record }) => record.id);
  return (
    <div class="compare">
      <p>A comparison takes two to six runs.</p>
      {editor && <Button onClick={() => void editor.chooseRuns(ids)}>Choose runs</Button>}
    </div>
  );
}

interface ComparisonProps {
  readonly runs: readonly NumberedRun[];
  readonly first: NumberedRun;
  readonly second: NumberedRun;
  readonly notes: readonly string[];
}

function Comparison({ runs, first, second, notes }: ComparisonProps): VNode {
  const [reference, setReference] = useRun("compare.reference", runs, first);
  const records = useMemo(() => runs.map(({ record }) => record), [runs]);
  const tokens = useMemo(() => tokenLines(runs), [runs]);
  const overlap = useMemo(() => overlapLines(runs, reference), [runs, reference]);
  const figures = useMemo(() => figuresTable(runs), [runs]);
  const byLayer = useMemo(() => layersTable(tokens, overlap.lines), [tokens, overlap]);
  const choices = runs.map((run) => ({ value: String(run.number), label: runTitle(run) }));
  return (
    <div class="compare">
      <p class="compare-outcome">{outcome(records)}</p>
      {notes.length > 0 && (
        <ul class="compare-warnings">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {runs.length > 2 && (
        <div class="control-row">
          <Dropdown label="Compare with" value={String(reference.number)} choices={choices} onChange={setReference} />
        </div>
      )}
      <Answers runs={runs} reference={reference} />
      <MeasureBars runs={runs} />
      <SettingsTable runs={runs} />
      <TokensChart lines={tokens} />
      <OverlapChart overlap={overlap} reference={reference} />
      <OverlapFrames runs={runs} reference={reference} fallback={reference === first ? second : first} />
      <DataTable name="comparison" title="All figures" table={figures} />
      <details class="compare-layers">
        <summary>Layer by layer</summary>
        <DataTable name="comparison-layers" title="Tokens and overlap by layer" table={byLayer} />
      </details>
    </div>
  );
}
