import "./style.css";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { Dropdown } from "../ui/controls.tsx";
import { ConventionBars } from "../ui/convention-bars.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Figure } from "../ui/figure.tsx";
import { isOneOf, usePersisted } from "../ui/persisted.ts";
import { StageBar } from "../ui/stage-bar.tsx";
import { flopsSegments, timeSegments } from "../ui/stages.ts";
import type { ViewProps } from "../ui/view.ts";
import { LayerFigure } from "./layer-figure.tsx";
import { layerGroups, layerRows } from "./layer-rows.ts";
import { acceleratorsFor, cachedText } from "./model.ts";
import { operatorRows } from "./operator-rows.ts";
import { CONVENTIONS, type Convention, countedOperators } from "./operators.ts";
import { roofPoints } from "./roof-points.ts";
import { RooflineFigure } from "./roofline-figure.tsx";
import { shareSegments, stageRows, timesText } from "./stage-rows.ts";
import { layerTable, operatorTable, stageTable } from "./tables.ts";

const COUNTS: Readonly<Record<Convention, string>> = {
  exact:
    "counts what this run executed: the matrix products of every stage, attention in full, and pooling, merging and ranking. Norms, activations and softmax are left out.",
  aim: "counts the LLM's prefill alone, as the authors of AIM do: every layer at the tokens that are left after it, with norms, softmax and sums. Vision, merging, ranking and decoding are not counted.",
};

const CHOICES = [
  { value: "exact", label: "exact: all that was executed" },
  { value: "aim", label: "aim: LLM prefill, as the paper" },
] as const;

/** Where the FLOPs of a run go, under either convention, and what was measured and what a machine would allow beside them. */
export function FlopsView({ run }: ViewProps): VNode {
  const { record } = run;
  const machines = useMemo(() => acceleratorsFor(record), [record]);
  const ids = useMemo(() => machines.map(({ id }) => id), [machines]);
  const [convention, setConvention] = usePersisted<Convention>("flops convention", "exact", isOneOf(CONVENTIONS));
  const [machine, setMachine] = usePersisted("flops accelerator", ids[0] ?? "", isOneOf(ids));
  const choices = useMemo(() => machines.map(({ id, name }) => ({ value: id, label: name })), [machines]);
  return (
    <div class="flops">
      <Totals run={run} />
      <div class="control-row">
        <Dropdown label="Convention" value={convention} choices={CHOICES} onChange={setConvention} />
        <Dropdown label="Roofline of" value={machine} choices={choices} onChange={setMachine} />
      </div>
      <p class="note">
        <strong>{convention}</strong> {COUNTS[convention]} Rooflines are estimates: the least time that a machine would
        take if nothing but its peaks held it back. Only what is called measured was measured.
      </p>
      <Counted run={run} convention={convention} machine={machine} />
    </div>
  );
}

/** Both conventions, always. */
function Totals({ run }: Pick<ViewProps, "run">): VNode {
  const { cost } = run.record;
  const flops = useMemo(() => flopsSegments(cost), [cost]);
  const prefill = useMemo(() => [{ value: cost.aim.tflops, colour: "var(--language-1)" }], [cost]);
  const most = Math.max(cost.aim.tflops, cost.aim.fullTflops, cost.exact.tflops, cost.exact.fullTflops);
  const shared = { most } as const;
  return (
    <div class="totals">
      <ConventionBars name="exact" counts="everything this run executed" {...cost.exact} segments={flops} {...shared} />
      <ConventionBars name="aim" counts="LLM prefill, as the paper" {...cost.aim} segments={prefill} {...shared} />
    </div>
  );
}

interface CountedProps extends Pick<ViewProps, "run"> {
  readonly convention: Convention;
  readonly machine: string;
}

/** Everything that depends on the convention and the machine. */
function Counted({ run, convention, machine }: CountedProps): VNode {
  const { record } = run;
  const counted = useMemo(() => {
    const accelerators = acceleratorsFor(record);
    const accelerator = accelerators.find(({ id }) => id === machine) ?? accelerators[0];
    if (!accelerator) return undefined;
    const operators = countedOperators(record, convention, accelerator);
    const stages = stageRows(record, operators, accelerator);
    const layers = layerRows(record, operators, convention);
    return {
      accelerator,
      layers,
      stages: stageTable(stages),
      segments: shareSegments(stages),
      times: timeSegments(record.timeMs),
      groups: layerGroups(operators, layers.length),
      operators: operatorTable(operatorRows(operators, accelerator)),
      byLayer: layerTable(layers),
      points: roofPoints(record, operators, accelerator),
    };
  }, [record, convention, machine]);
  const cached = useMemo(() => cachedText(record), [record]);
  if (!counted) return <p class="empty">No machine is known to compare with.</p>;
  return (
    <>
      <DataTable name={`stages-${convention}`} title={`Stages, convention ${convention}`} table={counted.stages} />
      {cached !== undefined && <p class="note">{cached}</p>}
      <p class="note">
        {timesText(record)} Stages without FLOPs are not counted by this convention, or do not compute.
      </p>
      <Figure name={`shares-${convention}`} title="FLOPs beside time">
        <div class="shares">
          <section>
            <h4>FLOPs, convention {convention}</h4>
            <StageBar label={`FLOPs by stage, convention ${convention}`} segments={counted.segments} />
          </section>
          <section>
            <h4>Time, measured</h4>
            <StageBar label="Time by stage" segments={counted.times} />
          </section>
        </div>
      </Figure>
      <LayerFigure groups={counted.groups} layers={counted.layers} convention={convention} />
      <RooflineFigure points={counted.points} accelerator={counted.accelerator} />
      <DataTable
        name={`operators-${convention}`}
        title={`Operators, convention ${convention}`}
        table={counted.operators}
      />
      <details>
        <summary>FLOPs of every layer</summary>
        <DataTable name={`layers-${convention}`} title={`Layers, convention ${convention}`} table={counted.byLayer} />
      </details>
    </>
  );
}
