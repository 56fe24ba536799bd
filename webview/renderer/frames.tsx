import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { formatCount } from "#core/units.ts";
import { LayerSlider } from "../ui/layer-slider.tsx";
import { initialLayer, layerStatus } from "../ui/token-layers.ts";
import { FilmStrip } from "./film-strip.tsx";

/** The frames of a run by layer: one slider for all of its media. Where no layer differs from another there is nothing to choose. */
export function Frames({ record }: { record: RunRecord }): VNode | null {
  const { visual, model, media } = record;
  const { layers } = model.decoder;
  const [chosen, setChosen] = useState(() => initialLayer(record));
  const layer = Math.min(chosen, layers - 1);
  const isPruned = visual.lastLayer.some((last) => last < layers - 1);
  if (media.length === 0) return null;
  return (
    <section class="frames" aria-label="Tokens by layer">
      <div class="layer">
        {isPruned && (
          <LayerSlider layers={layers} layer={layer} status={layerStatus(visual, layer)} onLayer={setChosen} />
        )}
        <p class="status">
          {isPruned ? layerStatus(visual, layer) : `All ${formatCount(visual.count)} visual tokens enter every layer`}
        </p>
      </div>
      {media.map((medium, index) => (
        <FilmStrip key={index} medium={medium} visual={visual} layer={layer} />
      ))}
    </section>
  );
}
