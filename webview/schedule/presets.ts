import type { Cut } from "#core/cost/planner.ts";
import { exactShare } from "#core/share.ts";

/** A setting of the paper, for a model of `layers` layers. */
interface PaperCut {
  readonly layers: number;
  readonly retention: number;
  /** Undefined where nothing is pruned. */
  readonly prune?: readonly [firstLayer: number, lastLayer: number];
}

/** Qwen2 7B with 25 % and all its schedules, then merging alone; Vicuna 7B on pictures. Source: AIM, arXiv 2412.03248. */
const QWEN = 28;
const VICUNA = 32;
const PAPER: readonly PaperCut[] = [
  { layers: QWEN, retention: 0.25, prune: [14, 22] },
  { layers: QWEN, retention: 0.25, prune: [21, 29] },
  { layers: QWEN, retention: 0.25, prune: [14, 29] },
  { layers: QWEN, retention: 0.25, prune: [21, 22] },
  { layers: QWEN, retention: 0.25, prune: [7, 22] },
  { layers: QWEN, retention: 0.25, prune: [14, 15] },
  { layers: QWEN, retention: 0.25, prune: [7, 15] },
  { layers: QWEN, retention: 0.25, prune: [7, 8] },
  ...[0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625].map((retention) => ({ layers: QWEN, retention })),
  { layers: VICUNA, retention: 0.4375, prune: [13, 21] },
  { layers: VICUNA, retention: 0.125, prune: [13, 21] },
];

/** A choice that the paper made, scaled to the depth of a model. */
export interface Preset {
  readonly id: string;
  readonly label: string;
  readonly cut: Cut;
}

/** The paper's settings for a model of `layers` layers: layers are scaled by depth, the first stays below the last. */
export function presetsFor(layers: number): readonly Preset[] {
  return PAPER.map((paper, index) => {
    const cut = scaled(paper, layers);
    const schedule = paper.prune ? `prune ${paper.prune.join("..")}` : "no pruning";
    const depth = paper.prune && paper.layers !== layers ? ` of ${paper.layers} layers` : "";
    const share = `merge ${exactShare(Number(paper.retention.toPrecision(3)))}`;
    const name = index === 0 ? "Default: " : paper.layers === VICUNA ? "Pictures: " : "";
    return { id: String(index), label: `${name}${share}, ${schedule}${depth}`, cut };
  });
}

function scaled({ layers: of, retention, prune }: PaperCut, layers: number): Cut {
  if (!prune) return { retention, prune: "off" };
  const [first, last] = prune.map((layer) => Math.round((layer * layers) / of));
  const firstLayer = Math.min(first ?? 0, layers - 1);
  return { retention, prune: { kind: "linear", firstLayer, lastLayer: Math.max(firstLayer + 1, last ?? 0) } };
}
