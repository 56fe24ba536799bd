import assert from "node:assert/strict";
import { keepTokens } from "#core/prune.ts";
import { prefill } from "#core/reference/decoder.ts";
import { buildDecoder, DECODER } from "#model/decoder.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import type { Ranking } from "#model/rankings/ranking.ts";
import { f32 } from "#model/precision/f32.ts";
import { InPlaceStore } from "#model/store.ts";
import { openWeights } from "#model/weights.ts";
import { encodeModel } from "#onnx/encode.ts";
import { one } from "#onnx/graph.ts";
import { Generation } from "#runtime/llm.ts";
import { floats, floatsOf, GraphSession, int64s, tensorOf } from "#runtime/session.ts";
import { assertClose } from "../support/assert-close.ts";
import { fixtureSets, readDecoder, readTensors } from "../support/fixtures.ts";

/**
 * FastV's ranking, as a newcomer would add it: a token matters as much as the last query attends to it. The block of the last queries
 * comes first, so its last row is kept in the state; everything else passes by.
 */
const lastQuery: Ranking = {
  name: "last-query",
  begin: (g, { heads, count }) => [g.expand(g.float(0), g.concat([g.ints(heads), count], 0))], // [heads, n]
  visit(g, { probabilities, start, end, isLast }, state, { heads, count }) {
    const row = g.squeeze(g.slice(probabilities, 1, -1), 1); // [heads, end]
    const fill = g.concat([g.ints(0, 0, 0), g.sub(count, end)], 0);
    const received = g.where(isLast, g.node("Pad", [row, fill, g.float(0)]), one(state, 0)); // [heads, n]
    return { state: [received], scores: g.expand(g.float(0), g.concat([g.ints(heads), g.sub(end, start)], 0)) };
  },
  finish: (g, _scores, state) => g.reduceMean(one(state, 0), [0], false),
};

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

describe("rankings", () => {
  it("let another method be one small file: FastV against its definition", async () => {
    const session = await open(lastQuery);
    const keepVisual = Array.from({ length: config.layers }, (_, layer) =>
      layer < 2 ? visual : Math.floor(visual / 2),
    );
    const run = await new Generation(session, config).prefill({ embeddings, isText, keepVisual });
    await session.close();
    const scores = run.importance[2];
    assert.ok(scores);
    assertClose([scores.reduce((sum, score) => sum + score, 0)], [1], 1e-5); // one query's attention
    assert.deepEqual(run.entered[3], keepTokens(scores, isText, Math.floor(visual / 2)));
    assert.equal(run.importance.filter(Boolean).length, 1);
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
        [DECODER.pastKeys(layer), DECODER.pastValues(layer)].map((key) => [key, empty] as const),
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
