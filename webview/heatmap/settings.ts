import type { RunRecord } from "#core/record.ts";
import { COLOUR_MAPS, SCALE_KINDS } from "../ui/color-scale.ts";
import { useEditor } from "../ui/editor.ts";
import { isBoolean, isOneOf, isWholeIn, usePersisted } from "../ui/persisted.ts";
import { parseHeads } from "./heads.ts";
import { firstLayer } from "./model.ts";

export const SOURCES = ["importance", "attention"] as const;
/** Over what the colours span: the values of the layer that is shown, or those of all layers. */
export const EXTENTS = ["layer", "all"] as const;

const isSource = isOneOf(SOURCES);
const isExtent = isOneOf(EXTENTS);
const isMap = isOneOf(COLOUR_MAPS);
const isScale = isOneOf(SCALE_KINDS);
const isPercent = isWholeIn(0, 100);
const isHeads = (kept: unknown): kept is string => typeof kept === "string" && parseHeads(kept, 10_000) !== undefined;

/** What the user has set in the heatmap, kept by the page. Each is a value and what sets it. */
export function useHeatSettings(record: RunRecord) {
  const { layers, heads } = record.model.decoder;
  // Attention is the editor's to give.
  const hasChoice = useEditor() !== undefined;
  const first = record.visual.importanceLayers.length > 0 ? "importance" : "attention";
  const [source, setSource] = usePersisted<(typeof SOURCES)[number]>("heatmap.source", first, isSource);
  const [layer, setLayer] = usePersisted("heatmap.layer", firstLayer(record), isWholeIn(0, layers - 1));
  const [headsWord, setHeads] = usePersisted("heatmap.heads", "mean", isHeads);
  const [map, setMap] = usePersisted("heatmap.colours", "viridis", isMap);
  const [scale, setScale] = usePersisted("heatmap.scale", "linear", isScale);
  const [extent, setExtent] = usePersisted("heatmap.range", "layer", isExtent);
  const [opacity, setOpacity] = usePersisted("heatmap.opacity", 70, isPercent);
  const [areBordersShown, setAreBordersShown] = usePersisted("heatmap.borders", false, isBoolean);
  return {
    source: hasChoice ? source : ("importance" as const),
    setSource,
    /** False where only importance can be shown. */
    hasChoice,
    layer,
    setLayer,
    heads: parseHeads(headsWord, heads) ?? "mean",
    setHeads,
    map,
    setMap,
    scale,
    setScale,
    extent,
    setExtent,
    opacity,
    setOpacity,
    areBordersShown,
    setAreBordersShown,
  };
}

export type HeatSettings = ReturnType<typeof useHeatSettings>;

/** The text token whose attention is shown: the last one, until another is picked in this run. */
export function usePickedToken(run: string, tokens: number): readonly [number, (token: number) => void] {
  const isPick = (kept: unknown): kept is Pick => isPickOf(kept) && kept.run === run;
  const [pick, setPick] = usePersisted<Pick | undefined>("heatmap.token", undefined, isPick);
  // How many tokens there are is known later than what was picked.
  const token = pick !== undefined && pick.token < tokens ? pick.token : tokens - 1;
  return [token, (next) => setPick({ run, token: next })];
}

/** A token is picked in one run; another has other tokens. */
interface Pick {
  readonly run: string;
  readonly token: number;
}

function isPickOf(kept: unknown): kept is Pick {
  if (typeof kept !== "object" || kept === null || !("run" in kept && "token" in kept)) return false;
  return typeof kept.run === "string" && Number.isInteger(kept.token) && Number(kept.token) >= 0;
}
