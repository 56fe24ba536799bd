import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { RETENTIONS } from "#core/budget.ts";
import type { Cut } from "#core/cost/planner.ts";
import { AimError } from "#core/errors.ts";
import { parseRetention } from "#core/merge-settings.ts";
import { formatPrune } from "#core/prune-settings.ts";
import type { RunRecord } from "#core/record.ts";
import { exactShare } from "#core/share.ts";
import { Checkbox, Dropdown, TextField } from "../ui/controls.tsx";
import { firstCut, linearOf, presetOf } from "./model.ts";
import { presetsFor } from "./presets.ts";

interface CutControlsProps {
  readonly cut: Cut;
  readonly record: RunRecord;
  /** `by` names the control. */
  readonly onCut: (cut: Cut, by: string) => void;
}

/** Presets, the share that merging leaves, and whether to prune. */
export function CutControls({ cut, record, onCut }: CutControlsProps): VNode {
  const { layers } = record.model.decoder;
  const presets = useMemo(() => presetsFor(layers), [layers]);
  const chosen = presetOf(cut, record, presets);
  const choices = useMemo(
    () => [
      ...(record.settings.method === "aim" ? [{ value: "run", label: "As run" }] : []),
      ...presets.map(({ id, label }) => ({ value: id, label })),
      ...(chosen === "own" ? [{ value: "own", label: "My own" }] : []),
    ],
    [presets, record, chosen],
  );
  const onPreset = (id: string) => {
    const preset = id === "run" ? firstCut(record) : presets.find((each) => each.id === id)?.cut;
    if (preset) onCut(preset, `preset ${id}`);
  };
  return (
    <div class="cut-controls">
      <Dropdown label="Preset" value={chosen} choices={choices} onChange={onPreset} />
      <Retention retention={cut.retention} onRetention={(retention, by) => onCut({ ...cut, retention }, by)} />
      <Checkbox
        label="Prune inside the LLM"
        isChecked={cut.prune !== "off"}
        onChange={(isOn) => onCut({ ...cut, prune: isOn ? linearOf("off", layers) : "off" }, "prune")}
      />
      <span class="schedule-text">{cut.prune === "off" ? "no layer drops any" : formatPrune(cut.prune)}</span>
    </div>
  );
}

interface RetentionProps {
  readonly retention: number;
  readonly onRetention: (retention: number, by: string) => void;
}

/** A slider over the shares that a budget knows, and a field for any other. */
function Retention({ retention, onRetention }: RetentionProps): VNode {
  const [error, setError] = useState<string | undefined>(undefined);
  const text = exactShare(Number(retention.toPrecision(6)));
  const onText = (written: string) => {
    try {
      onRetention(parseRetention(written.trim()), "retention field");
      setError(undefined);
    } catch (cause) {
      if (!(cause instanceof AimError)) throw cause;
      setError(cause.message);
    }
  };
  return (
    <div class="retention">
      <input
        type="range"
        aria-label="Retention after merging"
        aria-valuetext={text}
        min={0}
        max={RETENTIONS.length - 1}
        value={RETENTIONS.length - 1 - nearestShare(retention)}
        onInput={({ currentTarget }) => {
          const share = RETENTIONS[RETENTIONS.length - 1 - currentTarget.valueAsNumber];
          if (share !== undefined) onRetention(share, "retention slider");
        }}
      />
      <TextField label="Merge to" value={text} onChange={onText} error={error} size={6} />
    </div>
  );
}

/** Place of the share nearest to `retention`, on a scale of ratios. */
function nearestShare(retention: number): number {
  const distances = RETENTIONS.map((share) => Math.abs(Math.log(share / retention)));
  return distances.indexOf(Math.min(...distances));
}
