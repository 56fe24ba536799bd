import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Precision } from "#core/precision.ts";
import { seededRandom } from "#core/random.ts";
import { embeddingTable, openCheckpoint } from "#model/checkpoint.ts";
import { compileDecoder, RECIPES } from "#model/compile.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import { convert } from "#runtime/convert.ts";
import { Generation } from "#runtime/llm.ts";
import { GraphSession } from "#runtime/session.ts";

const PROMPTS = 10;
const TOKENS = 60;
/** Ids of words in the demo model's vocabulary. */
const WORDS = 700;

/** The last logits of prompts made of random words, the same for every model and precision. */
export async function promptLogits(model: string, precision: Precision): Promise<Float32Array[]> {
  const checkpoint = openCheckpoint(model);
  const cache = mkdtempSync(path.join(tmpdir(), "aim-precision-"));
  const { bytes, folder, toConvert } = compileDecoder(checkpoint, RECIPES[precision], cache, pagerank);
  if (toConvert) await convert(toConvert);
  const session = await GraphSession.load(bytes, { device: "cpu", folder });
  const { decoder } = checkpoint.model;
  const random = seededRandom(1);
  const found: Float32Array[] = [];
  for (let prompt = 0; prompt < PROMPTS; prompt++) {
    const ids = Array.from({ length: TOKENS }, () => Math.floor(random() * WORDS));
    const embeddings = checkpoint.weights.readRows(embeddingTable(checkpoint.model), ids);
    const isText = new Uint8Array(TOKENS).fill(1);
    const keepVisual = Array<number>(decoder.layers).fill(0);
    const { logits } = await new Generation(session, decoder).prefill({ embeddings, isText, keepVisual });
    found.push(logits.slice());
  }
  await session.close();
  checkpoint.weights.close();
  rmSync(cache, { recursive: true });
  return found;
}
