import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { colourTable, valueScale } from "../ui/color-scale.ts";
import { Figure } from "../ui/figure.tsx";
import { HeatLegend } from "../ui/heat-legend.tsx";
import { LayerSlider } from "../ui/layer-slider.tsx";
import { layerStatus } from "../ui/token-layers.ts";
import { type PickedCell, useTokenStrips } from "../ui/use-token-strips.tsx";
import { LookControls } from "./look-controls.tsx";
import { goneAt, readingText, readPatch, tokenColours } from "./model.ts";
import type { HeatSettings } from "./settings.ts";
import type { Heat } from "./use-heat.ts";

interface HeatFramesProps {
  readonly record: RunRecord;
  readonly settings: HeatSettings;
  readonly heat: Heat | undefined;
  /** True while the heat of another layer is waited for. */
  readonly isLate: boolean;
}

/** The slider, the frames and their legend. */
export function HeatFrames({ record, settings, heat, isLate }: HeatFramesProps): VNode {
  const { visual, media, model, tokens } = record;
  const { layer, map, areBordersShown } = settings;
  const shownLayer = heat?.layer ?? layer;
  const scale = useMemo(() => heat?.range && valueScale(settings.scale, heat.range), [heat?.range, settings.scale]);
  const picture = useMemo(() => {
    const isMeasured = heat !== undefined && scale !== undefined;
    return {
      ids: visual.mergedInto,
      colours: isMeasured ? tokenColours(heat.values, scale, colourTable(map)) : new Uint32Array(visual.count),
      gone: goneAt(visual, shownLayer),
      areBordersShown,
    };
  }, [visual, heat, scale, shownLayer, map, areBordersShown]);
  const { strips, picked } = useTokenStrips(media, picture);
  const status = useMemo(() => layerStatus(visual, layer), [visual, layer]);
  return (
    <>
      <div class="heat-bar">
        <LayerSlider layers={model.decoder.layers} layer={layer} status={status} onLayer={settings.setLayer} />
        <p>
          {status}
          {isLate && <span class="loading"> · loading…</span>}
        </p>
        <Readout record={record} heat={heat} picked={picked} layer={shownLayer} />
      </div>
      <LookControls settings={settings} isMerged={tokens.merged < tokens.encoded} />
      <Figure name={`heatmap-layer-${shownLayer}`} title={heat?.title ?? `Tokens that enter layer ${shownLayer}`}>
        <HeatLegend
          quantity={heat?.quantity ?? ""}
          map={map}
          scale={scale}
          extent={heat?.extent ?? ""}
          goneText={picture.gone.includes(1) ? "dropped before this layer" : undefined}
        />
        <div class="heat-strips" style={{ "--heat-opacity": settings.opacity / 100 }}>
          {strips}
        </div>
      </Figure>
    </>
  );
}

interface ReadoutProps {
  readonly record: RunRecord;
  readonly heat: Heat | undefined;
  readonly picked: PickedCell | undefined;
  readonly layer: number;
}

function Readout({ record, heat, picked, layer }: ReadoutProps): VNode {
  const text = useMemo(() => {
    if (!picked) return "Point at a patch, or move with the arrow keys, for its value and what became of it.";
    const { frame, cell } = picked;
    const reading = readPatch({ record, frame, cell, layer, values: heat?.values });
    return readingText(frame, cell, reading, heat?.quantity ?? "");
  }, [record, picked, heat, layer]);
  return (
    <p class="readout" aria-live="polite">
      {text}
    </p>
  );
}
