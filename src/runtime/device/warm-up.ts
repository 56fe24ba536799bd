import type { DecoderConfig } from "#model/config.ts";
import { Generation } from "../llm.ts";
import type { GraphSession } from "../session.ts";

const TEXT = 8;
const VISUAL = 8;

/** Runs a short prompt with pruning and one more token, so that a device compiles its programs before they are waited for. */
export async function warmUp(session: GraphSession, config: DecoderConfig): Promise<void> {
  const { layers, hidden } = config;
  const generation = new Generation(session, config, { keepsQueries: false });
  try {
    await generation.prefill({
      embeddings: new Float32Array((TEXT + VISUAL) * hidden).fill(0.01),
      isText: Uint8Array.from({ length: TEXT + VISUAL }, (_, i) => (i < TEXT / 2 || i >= TEXT / 2 + VISUAL ? 1 : 0)),
      keepVisual: Array.from({ length: layers }, (_, layer) => (layer === 0 ? VISUAL / 2 : 0)),
    });
    await generation.step(new Float32Array(hidden).fill(0.01));
  } finally {
    generation.release();
  }
}
