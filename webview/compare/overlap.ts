import type { MediaRecord, RunRecord } from "#core/record.ts";

/** Why the patches that two runs kept cannot be compared; undefined if they can. */
export function whyNoOverlap(a: RunRecord, b: RunRecord): string | undefined {
  if (a.tokens.encoded === 0 || b.tokens.encoded === 0) return "a run without pictures has no patches";
  if (patchesKey(a.media) !== patchesKey(b.media)) return "the runs saw different media or frames";
  if (a.model.decoder.layers !== b.model.decoder.layers) return "the models have different numbers of layers";
  return undefined;
}

/** What patches there are and where, whatever their pictures: equal for runs whose encoded tokens stand for the same patches. */
export function patchesKey(media: readonly MediaRecord[]): string {
  return JSON.stringify(
    media.map(({ frames, ...medium }) => ({
      ...medium,
      frames: frames.map(({ thumbnail, featuresOf, ...frame }) => frame),
    })),
  );
}

/** [encoded] The last layer that each patch enters as part of a token; -1 for those dropped before the LLM. */
export function lastLayers({ visual: { mergedInto, lastLayer } }: RunRecord): Int16Array {
  return Int16Array.from(mergedInto, (token) => (token < 0 ? -1 : (lastLayer[token] ?? -1)));
}

/** How many patches two runs keep at a layer. */
export interface KeptPatches {
  readonly both: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
}

/** [layers] The patches that enter each layer, of two runs over the same patches; `a` and `b` are lastLayers. */
export function keptByLayer(a: Int16Array, b: Int16Array, layers: number): readonly KeptPatches[] {
  // Each counts the patches whose last layer is so, at one above it; summed from the end, those that enter a layer.
  const [both, inA, inB] = [new Int32Array(layers + 1), new Int32Array(layers + 1), new Int32Array(layers + 1)];
  const count = (into: Int32Array, last: number) => {
    into[last + 1] = (into[last + 1] ?? 0) + 1;
  };
  for (let patch = 0; patch < a.length; patch++) {
    const [lastA, lastB] = [a[patch] ?? -1, b[patch] ?? -1];
    count(inA, lastA);
    count(inB, lastB);
    count(both, Math.min(lastA, lastB));
  }
  const rows: KeptPatches[] = [];
  let [keptBoth, keptA, keptB] = [0, 0, 0];
  for (let layer = layers - 1; layer >= 0; layer--) {
    keptBoth += both[layer + 1] ?? 0;
    keptA += inA[layer + 1] ?? 0;
    keptB += inB[layer + 1] ?? 0;
    const [onlyA, onlyB] = [keptA - keptBoth, keptB - keptBoth];
    rows.push({ both: keptBoth, onlyA, onlyB, neither: a.length - keptBoth - onlyA - onlyB });
  }
  return rows.reverse();
}

/** Jaccard index of the patches that two runs keep: those of both out of those of either; undefined where neither keeps any. */
export function jaccard({ both, onlyA, onlyB }: KeptPatches): number | undefined {
  const either = both + onlyA + onlyB;
  return either === 0 ? undefined : both / either;
}

/** The layer whose patches tell most of two runs: the last at which they share some, but not all; else the last at which either has any. */
export function tellingLayer(rows: readonly KeptPatches[]): number {
  const shared = rows.findLastIndex(({ both, onlyA, onlyB }) => both > 0 && onlyA + onlyB > 0);
  if (shared >= 0) return shared;
  return Math.max(
    0,
    rows.findLastIndex(({ both, onlyA, onlyB }) => both + onlyA + onlyB > 0),
  );
}
