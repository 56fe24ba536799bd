import type { RunRecord } from "#core/record.ts";
import { flopsUnit, formatCount, formatFlops, formatMs, formatNumber, formatShare } from "#core/units.ts";
import { flopsSegments, type Segment, timeSegments } from "../ui/stages.ts";
import { countPresent } from "../ui/token-grid.ts";

/** What a run needed, in its pieces; where it is known what full inference needs, the last piece is what was saved. */
export interface Bar {
  readonly name: "Tokens" | "FLOPs" | "Time";
  /** The end of the scale; the pieces add up to it. */
  readonly whole: number;
  readonly segments: readonly Segment[];
  readonly text: string;
}

/** The bars of a run; one without pictures has none for tokens. */
export function bars(record: RunRecord): readonly Bar[] {
  const all = [flopsBar(record), timeBar(record)];
  return record.tokens.encoded === 0 ? all : [tokenBar(record), ...all];
}

const SAVED = "var(--saved)";

function tokenBar({ visual, tokens: { encoded }, model }: RunRecord): Bar {
  const entered = visual.count;
  const kept = countPresent(visual, model.decoder.layers - 1);
  const distinct = new Set(visual.mergedInto.filter((token) => token >= 0)).size;
  const dropped = visual.mergedInto.reduce((sum, token) => sum + (token < 0 ? 1 : 0), 0);
  const merged = Math.max(0, encoded - dropped - distinct);
  const whole = entered + dropped + merged;
  const pieces = [
    { label: "kept to the last layer", value: kept, colour: "var(--language-1)" },
    { label: "pruned inside the LLM", value: entered - kept, colour: "var(--language-3)" },
    { label: "merged with similar ones", value: merged, colour: SAVED },
    { label: "dropped before the LLM", value: dropped, colour: SAVED },
  ];
  const segments = pieces
    .filter(({ value }) => value > 0)
    .map((piece) => ({ ...piece, text: formatCount(piece.value), share: formatShare(piece.value / whole) }));
  return { name: "Tokens", whole, segments, text: `${formatCount(entered)} of ${formatCount(whole)}` };
}

/** By convention `exact`. */
function flopsBar({ cost }: RunRecord): Bar {
  const { tflops, fullTflops } = cost.exact;
  const unit = flopsUnit([fullTflops]);
  const used = formatNumber(tflops * unit.perTflop);
  const saved = fullTflops - tflops;
  // The shares are those of the run, of which this is no part.
  const rest = { label: "saved", value: saved, text: formatFlops(saved), share: "", colour: SAVED };
  return {
    name: "FLOPs",
    whole: Math.max(tflops, fullTflops),
    segments: saved > 0 ? [...flopsSegments(cost), rest] : flopsSegments(cost),
    text: `${used} of ${formatFlops(fullTflops, unit)}`,
  };
}

/** What full inference would have taken nobody has measured. */
function timeBar({ timeMs }: RunRecord): Bar {
  return { name: "Time", whole: timeMs.total, segments: timeSegments(timeMs), text: formatMs(timeMs.total) };
}
