import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import type { CellPlace } from "../ui/cell-place.ts";
import { Figure } from "../ui/figure.tsx";
import { FrameStrip } from "../ui/frame-strip.tsx";
import { LayerChart } from "../ui/layer-chart.tsx";
import { LayerSlider } from "../ui/layer-slider.tsx";
import { describeToken, frameLabel, tokenInfo } from "../ui/token-info.ts";
import { fullTokens, initialLayer, layerRows, layerStatus } from "../ui/token-layers.ts";

/** A cell of one of the run's media. */
interface Inspected {
  readonly medium: number;
  readonly place: CellPlace;
}

/** Which tokens are present at which layer: one slider for the chart and all frames. */
export function TokensSection({ record }: { record: RunRecord }): VNode {
  const { visual, model, media, tokens } = record;
  const { layers } = model.decoder;
  const [layer, setLayer] = useState(() => initialLayer(record));
  const [areMergesShown, setAreMergesShown] = useState(false);
  const [inspected, setInspected] = useState<Inspected | undefined>(undefined);
  const rows = useMemo(() => layerRows(record), [record]);
  const full = useMemo(() => fullTokens(record), [record]);
  const status = layerStatus(visual, layer);
  return (
    <Figure name="tokens-by-layer" title="Tokens by layer">
      <LayerChart rows={rows} layers={layers} layer={layer} fullTokens={full} />
      <div class="controls no-print">
        <LayerSlider layers={layers} layer={layer} status={status} onLayer={setLayer} />
        <p class="status">{status}</p>
        {tokens.merged < tokens.encoded && (
          <label>
            <input
              type="checkbox"
              checked={areMergesShown}
              onInput={(event) => setAreMergesShown(event.currentTarget.checked)}
            />
            Outline merged tokens
          </label>
        )}
        <Readout record={record} inspected={inspected} />
      </div>
      {media.map((medium, index) => (
        <FrameStrip
          key={index}
          medium={medium}
          visual={visual}
          layer={layer}
          areMergesShown={areMergesShown}
          place={inspected?.medium === index ? inspected.place : undefined}
          onPlace={(place) => setInspected(place && { medium: index, place })}
        />
      ))}
    </Figure>
  );
}

function Readout({ record, inspected }: { record: RunRecord; inspected: Inspected | undefined }): VNode {
  const frame = inspected && record.media[inspected.medium]?.frames[inspected.place.frame];
  return (
    <p class="readout" aria-live="polite">
      {frame ? (
        <>
          <strong>{frameLabel(frame)}</strong>{" "}
          {describeToken(tokenInfo(record, frame, inspected.place.cell), record.visual.count)}
        </>
      ) : (
        "Point at a token, or move with the arrow keys, to see what became of it."
      )}
    </p>
  );
}
