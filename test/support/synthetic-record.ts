import { aimCost } from "#core/cost/aim.ts";
import { exactCost } from "#core/cost/exact.ts";
import { mergingFlops } from "#core/cost/merging.ts";
import type { CostReport } from "#core/cost/report.ts";
import type { DecoderShape, VisionShape } from "#core/cost/shape.ts";
import { QWEN2_7B } from "#core/cost/shapes.ts";
import type { PruneSettings } from "#core/prune-settings.ts";
import type { FrameRecord, MediaRecord, MergeStep, RunRecord, VisualRecord } from "#core/record.ts";
import { keptVisualPerLayer, rankedLayers } from "#core/schedule.ts";
import type { RunSettings } from "#core/settings.ts";

/** A grey 1 x 1 PNG, for tests that do not look at pictures. */
export const DOT =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB2GlaBAAAAABJRU5ErkJggg==";

/** What may be chosen of a synthetic run; the rest follows from it. */
export interface SyntheticOptions {
  readonly kind?: "video" | "image";
  readonly frames?: number;
  /** Tokens along each side of a frame. */
  readonly side?: number;
  readonly layers?: number;
  /** How many tokens each merge step takes from a frame. */
  readonly mergeSteps?: readonly number[];
  readonly prune?: PruneSettings | "off";
  readonly textTokens?: number;
  /** Times grow with it: 1 is about the demo model; from 100 on, the sizes are those of LLaVA-OneVision 7B. */
  readonly scale?: number;
  /** Whether the record tells the steps of merging. Default false. */
  readonly hasMerging?: boolean;
  readonly thumbnail?: (frame: number, frames: number) => string;
  readonly fields?: Partial<RunRecord>;
}

/** The colour of the drawn scene, RGB in 0..255, at `x`, `y` and `time` in [0, 1]: a star-coloured disc moves past a square and a ring. */
export function sceneColour(x: number, y: number, time: number): readonly [number, number, number] {
  if (Math.hypot(x - 0.15 - 0.7 * time, y - 0.5) < 0.13) return [244, 208, 63];
  if (Math.abs(x - 0.75) < 0.11 && Math.abs(y - 0.2) < 0.11) return [36, 74, 222];
  if (Math.hypot(x - 0.3, y - 0.83) < 0.11) return [142, 48, 176];
  return [108 - 30 * y, 122 - 30 * y, 102 - 30 * y];
}

/** A complete, plausible run in which every count agrees with every other: 8 frames of 7 x 7, merged to 13 each, pruned 4..7 of 8 layers. */
export function syntheticRecord(options: SyntheticOptions = {}): RunRecord {
  const { kind = "video", side = 7, layers = 8, mergeSteps = [24, 12], textTokens = 15, scale = 1 } = options;
  const frames = kind === "image" ? 1 : (options.frames ?? 8);
  const prune = options.prune ?? { kind: "linear", firstLayer: 4, lastLayer: 7 };
  const { visual, merging } = reduction({ frames, side, layers, mergeSteps, prune });
  const encoded = frames * side * side;
  const present = Array.from({ length: layers }, (_, layer) => visual.lastLayer.filter((last) => last >= layer).length);
  const perLayer = present.map((tokens) => tokens + textTokens);
  const settings: RunSettings = {
    method: mergeSteps.length === 0 && prune === "off" ? "full" : "aim",
    merge: {
      retention: mergeSteps.length === 0 ? 1 : 1 / 2 ** mergeSteps.length,
      order: "reference",
      weighting: "plain",
    },
    prune,
    vision: { retention: 1, similar: 0 },
    frames,
    maxTokens: 64,
    temperature: 0,
    topP: 1,
    seed: 0,
  };
  const model = modelRecord(layers, scale);
  const prefill = perLayer.reduce((sum, tokens) => sum + tokens, 0);
  const vision = 14 * frames;
  const firstToken = (30 + vision + 2 + 0.06 * prefill) * scale ** 0.4;
  return {
    version: 1,
    id: "20260102-030405-synthetic",
    startedAt: "2026-01-02T03:04:05.000Z",
    question: "Which way does the disc move?",
    answer: "right",
    finish: "stop",
    notices: [],
    settings,
    model,
    device: "cpu",
    precision: "f32",
    media: [mediaRecord(kind, frames, side, options.thumbnail ?? (() => DOT))],
    cachedFrames: 0,
    tokens: { text: textTokens, encoded, merged: visual.count, perLayer, kvPerLayer: perLayer, generated: 2 },
    visual,
    ...(options.hasMerging && { merging }),
    cost: costReport({ model, settings, visual, perLayer, frames, side, textTokens, mergeSteps }),
    timeMs: {
      load: 0,
      media: 28 * scale ** 0.4,
      vision: vision * scale ** 0.4,
      merge: 2 * scale ** 0.4,
      prefill: 0.06 * prefill * scale ** 0.4,
      firstToken,
      decode: 9 * scale ** 0.4,
      total: firstToken + 9.5 * scale ** 0.4,
    },
    peakRssMb: 412,
    ...options.fields,
  };
}

interface Reduced {
  readonly visual: VisualRecord;
  readonly merging: readonly (readonly MergeStep[])[];
}

interface VisualOptions {
  readonly frames: number;
  readonly side: number;
  readonly layers: number;
  readonly mergeSteps: readonly number[];
  readonly prune: PruneSettings | "off";
}

/** Merges each frame, ends with one newline token, and drops the least colourful tokens first. */
function reduction({ frames, side, layers, mergeSteps, prune }: VisualOptions): Reduced {
  const mergedInto = new Int32Array(frames * side * side);
  const merging: (readonly MergeStep[])[] = [];
  const scores: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const first = scores.length;
    const { tokens, steps } = mergeFrame(side, frames === 1 ? 0 : frame / (frames - 1), mergeSteps);
    merging.push(steps);
    for (const [index, token] of tokens.entries()) {
      for (const patch of token.patches) mergedInto[frame * side * side + patch] = first + index;
      scores.push(colourfulness(token.colour) * (1 + 0.2 * Math.sin(7 * (first + index))));
    }
  }
  scores.push(0);
  const byScore = scores.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const lastLayer = new Int16Array(scores.length).fill(layers - 1);
  const importanceLayers = rankedLayers(layers, scores.length, prune);
  const importance: number[] = [];
  for (const [layer, kept] of keptVisualPerLayer(layers, scores.length, prune).entries()) {
    if (importanceLayers.includes(layer)) {
      importance.push(
        ...scores.map((score, i) => ((lastLayer[i] ?? 0) >= layer ? (score + 2) / (60 * scores.length) : Number.NaN)),
      );
    }
    for (const index of byScore.slice(kept)) lastLayer[index] = Math.min(lastLayer[index] ?? 0, layer);
  }
  const visual = {
    count: scores.length,
    mergedInto,
    lastLayer,
    importanceLayers,
    importance: Float32Array.from(importance),
  };
  return { visual, merging };
}

interface MergedScene {
  readonly tokens: readonly SceneToken[];
  readonly steps: readonly MergeStep[];
}

interface SceneToken {
  readonly patches: readonly number[];
  readonly colour: readonly number[];
}

/** Merges by colour and place as AIM does by features: even tokens into their most similar odd one, best pairs first, unmerged ones in front. */
function mergeFrame(side: number, time: number, counts: readonly number[]): MergedScene {
  const steps: MergeStep[] = [];
  let tokens: readonly SceneToken[] = Array.from({ length: side * side }, (_, patch) => {
    const [x, y] = [((patch % side) + 0.5) / side, (Math.floor(patch / side) + 0.5) / side];
    return { patches: [patch], colour: [...sceneColour(x, y, time), 60 * x, 60 * y] };
  });
  for (const count of counts) {
    const odd = tokens
      .filter((_, index) => index % 2 === 1)
      .map((token) => ({ ...token, patches: [...token.patches] }));
    const pairs = tokens
      .filter((_, index) => index % 2 === 0)
      .map((token, place) => {
        const distances = odd.map((other) =>
          Math.hypot(...token.colour.map((channel, i) => channel - (other.colour[i] ?? 0))),
        );
        const distance = Math.min(...distances);
        return { token, place: 2 * place, into: distances.indexOf(distance), distance };
      });
    const ranked = pairs.toSorted((a, b) => a.distance - b.distance);
    const staying = ranked.slice(count);
    const rows = Int32Array.from(tokens, (_, place) => staying.length + Math.floor(place / 2));
    for (const [row, { place }] of staying.entries()) rows[place] = row;
    for (const { token, place, into } of ranked.slice(0, count)) {
      odd[into]?.patches.push(...token.patches);
      rows[place] = staying.length + into;
    }
    steps.push({ rows, similarity: Float32Array.from(pairs, ({ distance }) => 1 - distance / 400) });
    tokens = [...staying.map((pair) => pair.token), ...odd];
  }
  return { tokens, steps };
}

function colourfulness(colour: readonly number[]): number {
  const rgb = colour.slice(0, 3);
  return Math.max(...rgb) - Math.min(...rgb);
}

function mediaRecord(
  kind: "video" | "image",
  frames: number,
  side: number,
  thumbnail: (frame: number, frames: number) => string,
): MediaRecord {
  const one = (index: number): FrameRecord => ({
    kind: kind === "video" ? "frame" : "base",
    index: index * 12,
    timeSeconds: index,
    rows: side,
    columns: side,
    firstToken: index * side * side,
    thumbnail: thumbnail(index, frames),
  });
  const name = kind === "video" ? "disc-moves.mp4" : "three-shapes.jpg";
  const durationSeconds = kind === "video" ? frames : 0;
  return {
    kind,
    name,
    widthPx: 320,
    heightPx: 320,
    durationSeconds,
    frames: Array.from({ length: frames }, (_, i) => one(i)),
  };
}

type SyntheticModel = RunRecord["model"] & { readonly vision: VisionShape };

function modelRecord(layers: number, scale: number): SyntheticModel {
  const isLarge = scale >= 100;
  const demo = { hidden: 128, intermediate: 384, heads: 4, kvHeads: 2, headDim: 32, vocab: 720 };
  const decoder: DecoderShape = { ...(isLarge ? QWEN2_7B.decoder : demo), layers };
  const vision: VisionShape = isLarge
    ? { layers: 26, hidden: 1152, intermediate: 4304, heads: 16, imageSizePx: 384, patchSizePx: 14, projected: 3584 }
    : { layers: 3, hidden: 96, intermediate: 256, heads: 4, imageSizePx: 84, patchSizePx: 6, projected: 128 };
  const parameters = isLarge ? 8_030_348_832 : 2_214_304;
  const name = isLarge ? "llava-onevision-7b" : "demo";
  return { name, family: "llava-onevision", parameters, decoder, vision };
}

interface CostOptions {
  readonly model: SyntheticModel;
  readonly settings: RunSettings;
  readonly visual: VisualRecord;
  readonly perLayer: readonly number[];
  readonly frames: number;
  readonly side: number;
  readonly textTokens: number;
  readonly mergeSteps: readonly number[];
}

/** Counted as a run counts it; it answers with two tokens and an end. */
function costReport(run: CostOptions): CostReport {
  const { model, settings, visual, perLayer, frames, side, textTokens: text, mergeSteps } = run;
  const { decoder, vision } = model;
  const { prune } = settings;
  const fullVisual = frames * side ** 2 + 1;
  const exact = exactCost({
    decoder,
    vision,
    encodedFrames: frames,
    pooledTokens: side ** 2,
    mergeFlops: frames * mergingFlops(side ** 2, decoder.hidden, mergeSteps),
    text,
    fullVisual,
    perLayer,
    kvPerLayer: perLayer,
    ranking: "pagerank",
    importanceLayers: visual.importanceLayers,
    decodeSteps: 2,
  });
  return { aim: aimCost(decoder, { text, visual: visual.count, fullVisual, prune, hasSecondResidual: false }), exact };
}
