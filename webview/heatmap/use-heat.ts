import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { formatCount } from "#core/units.ts";
import { rangeOf, type ValueRange } from "../ui/color-scale.ts";
import { isPresent } from "../ui/token-grid.ts";
import { headsText } from "./heads.ts";
import { importanceAt, importanceRange } from "./model.ts";
import type { HeatSettings } from "./settings.ts";
import { visibleText } from "./text-tokens.ts";
import type { AttentionState } from "./use-attention.ts";

/** What the frames show at a layer. */
export interface Heat {
  readonly layer: number;
  /** [visual] */
  readonly values: Float32Array;
  /** Undefined where no value is above zero. */
  readonly range: ValueRange | undefined;
  /** `Attention of “fridge” at layer 14, mean of 28 heads`. */
  readonly title: string;
  /** `attention probability`. */
  readonly quantity: string;
  /** Over what `range` was taken, or at which layer the values were computed. */
  readonly extent: string;
}

interface HeatOptions {
  readonly record: RunRecord;
  readonly settings: HeatSettings;
  readonly attention: AttentionState;
  /** The text token whose attention is shown. */
  readonly token: number;
  /** [visual] 1 for tokens that stand for patches. */
  readonly isDrawn: Uint8Array;
}

/** The heat to show. While that of a layer is on its way, it is the last one, and `isLate` once that takes long enough to be noticed. */
export function useHeat(options: HeatOptions): { readonly heat: Heat | undefined; readonly isLate: boolean } {
  const { record, settings, attention, token, isDrawn } = options;
  const { source, layer, heads, extent } = settings;
  const rows = attention.kind === "ready" ? attention.rows : undefined;
  const version = attention.kind === "ready" ? attention.version : 0;

  useEffect(() => {
    if (source === "attention") rows?.want({ token, layer, heads });
  }, [source, rows, token, layer, heads]);

  const current = useMemo(
    () => (source === "importance" ? importanceHeat(record, isDrawn, layer, extent) : attentionHeat(options, version)),
    [source, record, isDrawn, layer, extent, heads, token, rows, version],
  );
  const last = useRef<Heat | undefined>(undefined);
  const isOnItsWay = attention.kind === "asking" || attention.kind === "ready";
  const isWaiting = current === undefined && source === "attention" && isOnItsWay;
  const heat = current ?? (isWaiting ? last.current : undefined);
  useEffect(() => {
    last.current = heat;
  }, [heat]);
  return { heat, isLate: useLate(isWaiting) };
}

function importanceHeat(
  record: RunRecord,
  isDrawn: Uint8Array,
  layer: number,
  extent: HeatSettings["extent"],
): Heat | undefined {
  const { visual } = record;
  const row = importanceAt(visual, layer);
  if (!row) return undefined;
  const range =
    extent === "all"
      ? importanceRange(visual, isDrawn)
      : rangeOf(row.values, (token) => isDrawn[token] === 1 && isPresent(visual, token, layer));
  const when = row.computedAt === layer ? "ranked" : row.computedAt < layer ? "last ranked," : "first ranked,";
  return {
    layer,
    values: row.values,
    range,
    title: `Importance at layer ${layer}`,
    quantity: "importance",
    extent: `as ${when} at layer ${row.computedAt}${extent === "all" ? "; colours over all layers" : ""}`,
  };
}

/** Undefined until the row is there. `_version` says that there may be more rows than before. */
function attentionHeat({ settings, attention, token }: HeatOptions, _version: number): Heat | undefined {
  if (attention.kind !== "ready") return undefined;
  const { rows } = attention;
  const { layer, heads, extent } = settings;
  const wish = { token, layer, heads };
  const values = rows.row(wish);
  if (!values) return undefined;
  const { trace } = rows;
  const over = extent === "all" ? rows.rangeOverLayers(wish) : { range: rows.range(wish), layers: 0 };
  const loaded = over.layers === trace.layers ? "all layers" : `the ${formatCount(over.layers)} layers loaded so far`;
  return {
    layer,
    values,
    range: over.range,
    title: `Attention of “${visibleText(trace.tokens[token]?.text ?? "")}” at layer ${layer}, ${headsText(heads, trace.heads)}`,
    quantity: "attention probability",
    extent: extent === "all" ? `over ${loaded}` : `at layer ${layer}`,
  };
}

/** A wait that is shorter is not worth a word: it would only flicker. */
const LATE_MS = 150;

function useLate(isWaiting: boolean): boolean {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setIsLate(true), LATE_MS);
    return () => {
      clearTimeout(timer);
      setIsLate(false);
    };
  }, [isWaiting]);
  return isWaiting && isLate;
}
