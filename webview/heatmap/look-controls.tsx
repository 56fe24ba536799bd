import type { VNode } from "preact";
import { COLOUR_MAPS, SCALE_KINDS } from "../ui/color-scale.ts";
import { Checkbox, Dropdown } from "../ui/controls.tsx";
import { isBoolean, usePersisted } from "../ui/persisted.ts";
import { EXTENTS, type HeatSettings } from "./settings.ts";

const SCALES = SCALE_KINDS.map((value) => ({ value, label: value === "log" ? "logarithmic" : value }));
const MAPS = COLOUR_MAPS.map((value) => ({ value, label: value }));
const RANGES = EXTENTS.map((value) => ({ value, label: value === "layer" ? "this layer" : "all layers" }));

/** How values become colours. */
export function LookControls({ settings, isMerged }: { settings: HeatSettings; isMerged: boolean }): VNode {
  const { opacity } = settings;
  const [isOpen, setIsOpen] = usePersisted("heatmap.look", false, isBoolean);
  return (
    <details class="heat-look" open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>Scale and colours</summary>
      <div class="control-row">
        <Dropdown label="Scale" value={settings.scale} choices={SCALES} onChange={settings.setScale} />
        <Dropdown label="Range of" value={settings.extent} choices={RANGES} onChange={settings.setExtent} />
        <Dropdown label="Colours" value={settings.map} choices={MAPS} onChange={settings.setMap} />
        <label class="slider">
          <span>Opacity</span>
          <input
            type="range"
            min={0}
            max={100}
            step={5}
            value={opacity}
            aria-valuetext={`${opacity} %`}
            onInput={(event) => settings.setOpacity(event.currentTarget.valueAsNumber)}
          />
          <output>{opacity} %</output>
        </label>
        {isMerged && (
          <Checkbox
            label="Outline merged tokens"
            isChecked={settings.areBordersShown}
            onChange={settings.setAreBordersShown}
          />
        )}
      </div>
    </details>
  );
}
