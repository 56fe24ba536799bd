import type { Precision } from "#core/precision.ts";
import { seededRandom } from "#core/random.ts";
import { openCheckpoint } from "#model/checkpoint.ts";
import { compileDecoder, RECIPES } from "#model/compile.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import { convert } from "#runtime/convert.ts";
import { Generation } from "#runtime/llm.ts";
import { GraphSession } from "#runtime/session.ts";

/** [vocab] What the LLM of a checkpoint folder says after 24 made-up tokens; what has to be converted first goes to `cache`. */
export async function decoderLogits(folder: string, precision: Precision, cache: string): Promise<Float32Array> {
  const checkpoint = openCheckpoint(folder);
  const graph = compileDecoder(checkpoint, RECIPES[precision], cache, pagerank);
  if (graph.toConvert) await convert(graph.toConvert);
  const session = await GraphSession.load(graph.bytes, { device: "cpu", folder: graph.folder });
  const { decoder } = checkpoint.model;
  const random = seededRandom(5);
  const count = 24;
  const embeddings = Float32Array.from({ length: count * decoder.hidden }, () => random() - 0.5);
  const isText = new Uint8Array(count).fill(1);
  const run = await new Generation(session, decoder).prefill({
    embeddings,
    isText,
    keepVisual: Array(decoder.layers).fill(count),
  });
  const logits = run.logits.slice();
  await session.close();
  checkpoint.weights.close();
  return logits;
}
