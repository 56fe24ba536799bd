import assert from "node:assert/strict";
import { seededRandom } from "#core/random.ts";
import { openCheckpoint } from "#model/checkpoint.ts";
import { compileDecoder, RECIPES } from "#model/compile.ts";
import type { Ranking } from "#model/rankings/ranking.ts";
import { Generation } from "#runtime/llm.ts";
import { GraphSession } from "#runtime/session.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../tools/checkpoint/spec.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Gives every token the same importance, which is `value`. */
function constant(value: number): Ranking {
  return {
    begin: () => [],
    visit(g, { start, end }, _state, { heads }) {
      return { state: [], scores: g.expand(g.float(value), g.concat([g.ints(heads), g.sub(end, start)], 0)) };
    },
    finish: (g, scores) => g.reduceMean(scores, [0], false),
  };
}

const IS_TEXT = Uint8Array.from([1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1]);
const TEXT = [0, 4, 5, 10, 11];
const VISUAL = IS_TEXT.length - TEXT.length;

describe("Generation", () => {
  const folder = temporaryFolder();
  const sessions: GraphSession[] = [];

  /** What enters each layer of four under `keepVisual`, and the layers that ranked. */
  const run = async (importance: number, keepVisual: readonly number[]) => {
    const checkpoint = openCheckpoint(folder("model"));
    const { decoder } = checkpoint.model;
    const graph = compileDecoder(checkpoint, RECIPES.f32, folder("converted"), constant(importance));
    checkpoint.weights.close();
    const session = await GraphSession.load(graph.bytes, { device: "cpu", folder: graph.folder });
    sessions.push(session);
    const generation = new Generation(session, decoder);
    const random = seededRandom(1);
    const embeddings = Float32Array.from({ length: IS_TEXT.length * decoder.hidden }, () => random() - 0.5);
    const prefill = await generation.prefill({ embeddings, isText: IS_TEXT, keepVisual });
    const ranked = prefill.importance.flatMap((scores, layer) => (scores ? [layer] : []));
    return { hidden: decoder.hidden, generation, embeddings, ranked, ...prefill };
  };
  beforeEach(() => makeCheckpoint(folder("model"), TINY));
  afterEach(() => Promise.all(sessions.splice(0).map((session) => session.close())));

  for (const importance of [Number.NaN, Number.POSITIVE_INFINITY, 3.4e38, -1, 0]) {
    it(`never cuts text, even where importance is ${importance}`, async () => {
      const { entered, ranked } = await run(importance, [4, 1, 0, 0]);
      assert.deepEqual(
        entered.map((tokens) => tokens.length - TEXT.length),
        [VISUAL, 4, 1, 0],
      );
      for (const tokens of entered) assert.ok(TEXT.every((position) => tokens.includes(position)));
      assert.deepEqual([...(entered[2] ?? [])], [0, 1, 4, 5, 10, 11]); // the lower one on a tie
      assert.deepEqual(ranked, [0, 1]);
    });
  }

  it("ranks only where some tokens go and some stay", async () => {
    const ranked = async (...keepVisual: number[]) => (await run(1, keepVisual)).ranked;
    assert.deepEqual(await ranked(VISUAL, VISUAL, VISUAL, VISUAL), []);
    assert.deepEqual(await ranked(99, 99, 2, 2), [2]);
    assert.deepEqual(await ranked(0, 0, 0, 0), []);
    assert.deepEqual(await ranked(VISUAL, VISUAL, VISUAL, 2), []); // nothing follows the last layer
  });

  it("has caches of what entered each layer, which grow by what is generated", async () => {
    const { generation, hidden, embeddings, cacheLengths, entered } = await run(1, [4, 0, 0, 0]);
    assert.deepEqual(cacheLengths, [12, 9, 5, 5]);
    assert.deepEqual(
      entered.map(({ length }) => length),
      cacheLengths,
    );
    await generation.step(embeddings.subarray(0, hidden));
    assert.deepEqual(generation.cacheLengths, [13, 10, 6, 6]);
  });

  it("takes a prompt only at the beginning", async () => {
    const { generation, embeddings } = await run(1, [VISUAL, VISUAL, VISUAL, VISUAL]);
    const again = generation.prefill({ embeddings, isText: IS_TEXT, keepVisual: [0, 0, 0, 0] });
    await assert.rejects(again, { code: "invalid-argument", message: /needs an empty cache, got one of 12 tokens/ });
  });
});
