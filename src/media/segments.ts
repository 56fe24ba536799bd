/** One run of the decoder: it starts at the key frame `from` and gives the frames `wanted`, ascending indices, none twice. */
export interface Segment {
  readonly from: number;
  readonly wanted: readonly number[];
}

/**
 * Splits the frames `wanted` (ascending, none twice) into decoder runs.
 *
 * A run goes on from one wanted frame to the next unless jumping to the key frame before the next one skips more than
 * `startCost` frames, which is what starting a decoder costs. The first run starts at the first frame of the file unless
 * its key frame is further away than that. `isKey` [frames] marks the frames that decoding can start at, in presentation order.
 */
export function planSegments(isKey: Uint8Array, wanted: readonly number[], startCost: number): Segment[] {
  const segments: { from: number; wanted: number[] }[] = [];
  let decoded = 0;
  for (const index of wanted) {
    const key = Math.max(0, isKey.lastIndexOf(1, index));
    const current = segments.at(-1);
    if (current && key - decoded <= startCost) current.wanted.push(index);
    else segments.push({ from: key > startCost ? key : 0, wanted: [index] });
    decoded = index + 1;
  }
  return segments;
}
