import { seededRandom } from "#core/random.ts";

/** The same random token ids for every engine. The first 100 of a vocabulary are left out: tokenizers keep special ones there. */
export function promptIds(tokens: number, vocabulary: number): number[] {
  const random = seededRandom(7);
  return Array.from({ length: tokens }, () => 100 + Math.floor(random() * (vocabulary - 200)));
}

/** The same picture for every tower, [3, size, size]. */
export function samplePixels(size: number): Float32Array {
  return Float32Array.from({ length: 3 * size * size }, (_, i) => Math.sin(i / 7));
}
