import { type Checkpoint, embeddingTable, openCheckpoint } from "#model/checkpoint.ts";
import { VISION } from "#model/family.ts";
import { TOWER_MERGES } from "#model/tower-merging.ts";
import { Generation } from "#runtime/llm.ts";
import { ModelSessions } from "#runtime/model-sessions.ts";
import { floats, floatsOf, int64s } from "#runtime/session.ts";
import { promptIds, samplePixels } from "./inputs.ts";

const CONTEXT = { events: {}, signal: undefined };

/** What we compute in f32: logits [vocab] after a prompt of `tokens` tokens, or the features [patches, projected] of a picture. */
export async function ourOutputs(dir: string, part: "llm" | "tower", tokens: number): Promise<Float32Array> {
  const checkpoint = openCheckpoint(dir);
  const sessions = new ModelSessions(checkpoint, { vision: "f32", decoder: "f32" }, "cpu");
  try {
    return part === "llm" ? await logits(checkpoint, sessions, tokens) : await features(checkpoint, sessions);
  } finally {
    await sessions.close();
    checkpoint.weights.close();
  }
}

async function logits({ model, weights }: Checkpoint, sessions: ModelSessions, tokens: number): Promise<Float32Array> {
  const embeddings = weights.readRows(embeddingTable(model), promptIds(tokens, model.decoder.vocab));
  const generation = new Generation(await sessions.decoder("pagerank", CONTEXT), model.decoder);
  const keepVisual = Array<number>(model.decoder.layers).fill(0);
  const { logits } = await generation.prefill({ embeddings, isText: new Uint8Array(tokens).fill(1), keepVisual });
  return logits.slice();
}

async function features({ model }: Checkpoint, sessions: ModelSessions): Promise<Float32Array> {
  const { imageSizePx, layers } = model.vision;
  const session = await sessions.vision(CONTEXT);
  const results = await session.run({
    [VISION.pixels]: floats(samplePixels(imageSizePx), [1, 3, imageSizePx, imageSizePx]),
    ...(model.mergesInTower && { [TOWER_MERGES]: int64s(Array<number>(layers).fill(0)) }),
  });
  return floatsOf(results, VISION.crop).slice();
}
