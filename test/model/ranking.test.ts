import assert from "node:assert/strict";
import { keepTokens } from "#core/prune.ts";
import { prefill } from "#core/reference/decoder.ts";
import { decoderLayer, EMPTY_CACHE } from "#core/reference/decoder-layer.ts";
import { softmax } from "#core/softmax.ts";
import { buildDecoder, DECODER } from "#model/decoder.ts";
import { f32 } from "#model/precision/f32.ts";
import { lastQuery } from "#model/rankings/last-query.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import type { Ranking } from "#model/rankings/ranking.ts";
import { InPlaceStore } from "#model/store.ts";
import { openWeights } from "#model/weights.ts";
import { encodeModel } from "#onnx/encode.ts";
import { Generation } from "#runtime/llm.ts";
import { floats, floatsOf, GraphSession, int64s, tensorOf } from "#runtime/session.ts";
import { assertClose } from "../support/assert-close.ts";
import { fixtureSets, readDecoder, readTensors } from "../support/fixtures.ts";

const [set] = fixtureSets();
assert.ok(set);
const plain = readDecoder(set, "llm");
const tensors = readTensors(set, "llm/cases.safetensors");
const [name = ""] = tensors.withSuffix(".inputs_embeds");
const embeddings = tensors.floats(`${name}.inputs_embeds`).data;
const count = embeddings.length / plain.decoder.hidden;
const isText = new Uint8Array(count).fill(1).fill(0, 12, count - 20);
const visual = count - 32;
const config = { ...plain.decoder, hasQkvBias: true, maxPositions: 2048 };

async function open(ranking: Ranking): Promise<GraphSession> {
  const weights = openWeights(`${set?.folder}/llm`);
  const store = new InPlaceStore(weights);
  const graph = buildDecoder(config, { prefix: plain.names.decoder, lmHead: plain.names.lmHead }, store, f32, ranking);
  weights.close();
  return GraphSession.load(encodeModel(graph), { device: "cpu", folder: store.folder });
}

/** [tokens] What the last query of `layer` attends to in the plain decoder, the mean over heads. */
function lastAttention(layer: number): Float64Array {
  const positions = Int32Array.from(isText.keys());
  const isVisible = new Uint8Array(count).fill(1);
  const sum = new Float64Array(count);
  let x = embeddings;
  for (let at = 0; at <= layer; at++) {
    const onHead = (logits: Float32Array) => {
      if (at === layer)
        for (const [key, share] of softmax(logits.subarray(-count)).entries()) sum[key] = (sum[key] ?? 0) + share;
    };
    x = decoderLayer(plain, at, { x, positions, isVisible, past: EMPTY_CACHE }, onHead).x;
  }
  return sum.map((share) => share / config.heads);
}

describe("rankings", () => {
  it("by the last query are its attention, the mean over heads", async () => {
    const session = await open(lastQuery);
    const LAYER = 2;
    const kept = Math.floor(visual / 2);
    const keepVisual = Array.from({ length: config.layers }, (_, layer) => (layer < LAYER ? visual : kept));
    const run = await new Generation(session, config).prefill({ embeddings, isText, keepVisual });
    await session.close();
    const expected = lastAttention(LAYER);
    assertClose(run.importance[LAYER] ?? [], expected, { relative: 1e-3, absolute: 1e-9 });
    assert.deepEqual(run.entered[LAYER + 1], keepTokens(expected, isText, kept));
    assert.deepEqual(
      [...run.importance.keys()].filter((layer) => run.importance[layer]),
      [LAYER],
    );
  });

  it("do not depend on the size of the sweep's blocks", async () => {
    const session = await open(pagerank);
    const keepVisual = Array.from({ length: config.layers }, (_, layer) =>
      layer < 14 ? visual : Math.floor(visual / 3),
    );
    const expected = prefill(plain, { embeddings, isText, keepVisual, mode: "physical" });
    for (const blockSize of [1, 7, count, 4 * count]) {
      const empty = floats(new Float32Array(0), [1, config.kvHeads, 0, config.headDim]);
      const cache = keepVisual.flatMap((_, layer) =>
        [
          DECODER.pastKeys(layer),
          DECODER.pastValues(layer),
          DECODER.recentKeys(layer),
          DECODER.recentValues(layer),
        ].map((key) => [key, empty] as const),
      );
      const results = await session.run({
        ...Object.fromEntries(cache),
        [DECODER.embeddings]: floats(embeddings, [count, config.hidden]),
        [DECODER.positions]: floats(Float32Array.from(isText.keys()), [count]),
        [DECODER.isText]: floats(Float32Array.from(isText), [count]),
        [DECODER.keepVisual]: int64s(keepVisual),
        [DECODER.blockSize]: int64s([blockSize]),
      });
      assertClose(floatsOf(results, DECODER.logits), expected.logits, 1e-4);
      assertClose(floatsOf(results, DECODER.importance(14)), expected.layers[14]?.importance ?? [], {
        relative: 1e-3,
        absolute: 1e-12,
      });
      assert.deepEqual(tensorOf(results, DECODER.presentKeys(15)).dims[2], expected.layers[15]?.entered.length);
    }
    await session.close();
  });
});
