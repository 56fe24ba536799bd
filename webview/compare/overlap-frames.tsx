import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { formatCount, formatShare } from "#core/units.ts";
import { Dropdown } from "../ui/controls.tsx";
import { Figure } from "../ui/figure.tsx";
import { LayerSlider } from "../ui/layer-slider.tsx";
import { isWholeIn, usePersisted } from "../ui/persisted.ts";
import { mediumText } from "../ui/token-info.ts";
import { type NumberedRun, runTitle } from "./model.ts";
import { jaccard, type KeptPatches, keptByLayer, lastLayers, tellingLayer, whyNoOverlap } from "./overlap.ts";
import { OverlapTile } from "./overlap-tile.tsx";
import { useRun } from "./use-run.ts";

interface OverlapFramesProps {
  readonly runs: readonly NumberedRun[];
  /** The one run. */
  readonly reference: NumberedRun;
  /** The other one until the user chooses one. */
  readonly fallback: NumberedRun;
}

/** Which patches two runs keep at a layer, over the frames. */
export function OverlapFrames({ runs, reference, fallback }: OverlapFramesProps): VNode {
  const others = runs.filter((run) => run !== reference);
  const [other, setOther] = useRun("compare.other", others, fallback);
  const why = whyNoOverlap(reference.record, other.record);
  const title = `Patches kept by run ${reference.number} and run ${other.number}`;
  return (
    <Figure name="comparison-patches" title={title}>
      {others.length > 1 && (
        <div class="no-print">
          <Dropdown
            label={`Run ${reference.number} with`}
            value={String(other.number)}
            choices={others.map((run) => ({ value: String(run.number), label: runTitle(run) }))}
            onChange={setOther}
          />
        </div>
      )}
      {why === undefined ? <Frames a={reference} b={other} /> : <p>They cannot be shown side by side: {why}.</p>}
    </Figure>
  );
}

function Frames({ a, b }: { a: NumberedRun; b: NumberedRun }): VNode {
  const { media, model } = a.record;
  const { layers } = model.decoder;
  const lastA = useMemo(() => lastLayers(a.record), [a]);
  const lastB = useMemo(() => lastLayers(b.record), [b]);
  const kept = useMemo(() => keptByLayer(lastA, lastB, layers), [lastA, lastB, layers]);
  const [chosen, setLayer] = usePersisted<number | undefined>(
    "compare.layer",
    undefined,
    (value): value is number | undefined => value === undefined || isWholeIn(0, layers - 1)(value),
  );
  const layer = chosen ?? tellingLayer(kept);
  const status = statusText(layer, kept[layer]);
  return (
    <div class={media.every(({ frames }) => frames.length <= 2) ? "few" : ""}>
      <div class="compare-layer">
        <LayerSlider layers={layers} layer={layer} status={status} onLayer={setLayer} />
        <p class="status">{status}</p>
      </div>
      <ul class="compare-key patches">
        <li>
          <span class="patch both" /> both
        </li>
        <li>
          <Hatch of="a" number={a.number} /> only run {a.number}
        </li>
        <li>
          <Hatch of="b" number={b.number} /> only run {b.number}
        </li>
        <li>
          <span class="patch neither" /> neither
        </li>
      </ul>
      {media.map((medium, index) => (
        <figure class="medium" key={index}>
          <figcaption>{mediumText(medium)}</figcaption>
          <div class="strip">
            {medium.frames.map((frame) => (
              <OverlapTile
                key={frame.firstToken}
                frame={frame}
                medium={medium}
                layer={layer}
                a={{ number: a.number, last: lastA }}
                b={{ number: b.number, last: lastB }}
              />
            ))}
          </div>
        </figure>
      ))}
    </div>
  );
}

/** The hatching of a run in the legend. */
function Hatch({ of, number }: { of: "a" | "b"; number: number }): VNode {
  return (
    <svg class="patch" viewBox="0 0 18 12" width="18" height="12" aria-hidden="true">
      <rect class="hatch-ground" width="18" height="12" />
      <path
        class="hatch-lines"
        d={of === "a" ? "M1 8L8 1M4 11L14 1M12 11L17 6" : "M17 8L10 1M14 11L4 1M6 11L1 6"}
        style={{ stroke: `var(--run-${number})` }}
      />
    </svg>
  );
}

function statusText(layer: number, kept: KeptPatches | undefined): string {
  if (!kept) return `Layer ${layer}`;
  const { both, onlyA, onlyB, neither } = kept;
  const share = jaccard(kept);
  if (share === undefined) return `Layer ${layer}: neither run keeps any patch`;
  const counts = [
    `${formatCount(both)} patches kept by both`,
    `${formatCount(onlyA)} and ${formatCount(onlyB)} by one alone`,
    `${formatCount(neither)} by neither`,
  ];
  return `Layer ${layer}: ${counts.join(", ")}; overlap ${formatShare(Number(share.toFixed(3)))}`;
}
