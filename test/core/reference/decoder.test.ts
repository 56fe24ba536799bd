import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "#core/random.ts";
import { continueGreedily, prefill } from "#core/reference/decoder.ts";
import type { Decoder } from "#core/reference/decoder-layer.ts";
import type { Weight } from "#core/reference/weights.ts";
import { assertClose } from "../../support/assert-close.ts";

const SHAPE = { layers: 3, hidden: 8, intermediate: 12, heads: 4, kvHeads: 2, headDim: 2, vocab: 11 };

function randomWeight(random: () => number, ...shape: number[]): Weight {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, () => random() * 2 - 1) };
}

/** A model of random weights, without biases, its embeddings tied to the head. */
function randomDecoder(seed: number): Decoder {
  const random = seededRandom(seed);
  const { hidden, intermediate, vocab } = SHAPE;
  const weights = new Map<string, Weight>();
  const put = (name: string, ...shape: number[]) => weights.set(name, randomWeight(random, ...shape));
  put("model.embed_tokens.weight", vocab, hidden);
  put("model.norm.weight", hidden);
  for (let layer = 0; layer < SHAPE.layers; layer++) {
    const prefix = `model.layers.${layer}.`;
    put(`${prefix}input_layernorm.weight`, hidden);
    put(`${prefix}post_attention_layernorm.weight`, hidden);
    put(`${prefix}self_attn.q_proj.weight`, hidden, hidden);
    put(`${prefix}self_attn.k_proj.weight`, hidden / 2, hidden);
    put(`${prefix}self_attn.v_proj.weight`, hidden / 2, hidden);
    put(`${prefix}self_attn.o_proj.weight`, hidden, hidden);
    put(`${prefix}mlp.gate_proj.weight`, intermediate, hidden);
    put(`${prefix}mlp.up_proj.weight`, intermediate, hidden);
    put(`${prefix}mlp.down_proj.weight`, hidden, intermediate);
  }
  return {
    decoder: { ...SHAPE, normEpsilon: 1e-6, ropeTheta: 10_000 },
    names: { decoder: "model.", lmHead: "model.embed_tokens.weight" },
    weights: (name) => weights.get(name),
  };
}

const embeddingsOf = (seed: number, tokens: number) => randomWeight(seededRandom(seed), tokens, SHAPE.hidden).data;
/** Two pictures apart from each other; token 0 is visual. */
const IS_TEXT = Uint8Array.of(0, 0, 1, 0, 0, 0, 1, 1);
const seed = fc.integer({ min: 0, max: 1e6 });

describe("the plain decoder", () => {
  it("gives the same whether tokens come at once or one by one", () => {
    fc.assert(
      fc.property(seed, (start) => {
        const model = randomDecoder(start);
        const table = model.weights("model.embed_tokens.weight")?.data ?? new Float32Array();
        const prompt = embeddingsOf(start + 1, IS_TEXT.length);
        const keepVisual = [5, 5, 5];
        const run = prefill(model, { embeddings: prompt, isText: IS_TEXT, keepVisual, mode: "physical" });
        const { ids, logits } = continueGreedily(model, run, 3);
        const chosen = ids.slice(0, 2).flatMap((id) => [...table.subarray(id * SHAPE.hidden, (id + 1) * SHAPE.hidden)]);
        const whole = prefill(model, {
          embeddings: Float32Array.of(...prompt, ...chosen),
          isText: Uint8Array.of(...IS_TEXT, 1, 1),
          keepVisual,
          mode: "physical",
        });
        assertClose(whole.logits, logits[2] ?? [], 1e-4);
      }),
      { numRuns: 20 },
    );
  });

  it("removes and masks to the same effect after the first pruning", () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 0, max: 5 }), (start, keep) => {
        const input = {
          embeddings: embeddingsOf(start, IS_TEXT.length),
          isText: IS_TEXT,
          keepVisual: [keep, keep, keep],
        };
        const model = randomDecoder(start);
        const physical = prefill(model, { ...input, mode: "physical" });
        const reference = prefill(model, { ...input, mode: "reference" });
        assert.deepEqual(physical.layers[0]?.kept, reference.layers[0]?.kept);
        assertClose(physical.logits, reference.logits, 1e-4);
        const [one, other] = [continueGreedily(model, physical, 3), continueGreedily(model, reference, 3)];
        assertClose(
          one.logits.flatMap((row) => [...row]),
          other.logits.flatMap((row) => [...row]),
          1e-4,
        );
      }),
      { numRuns: 20 },
    );
  });

  it("keeps the asked number of visual tokens, all text, and never brings one back", () => {
    fc.assert(
      fc.property(seed, fc.constantFrom("physical", "reference"), (start, mode) => {
        const keepVisual = [4, 2, 0];
        const embeddings = embeddingsOf(start, IS_TEXT.length);
        const run = prefill(randomDecoder(start), { embeddings, isText: IS_TEXT, keepVisual, mode });
        for (const [layer, { entered, kept }] of run.layers.entries()) {
          assert.ok(kept.every((position) => entered.includes(position)));
          assert.deepEqual(entered, run.layers[layer - 1]?.kept ?? Int32Array.from(IS_TEXT.keys()));
          assert.equal(kept.filter((position) => !IS_TEXT[position]).length, keepVisual[layer]);
          assert.equal(kept.filter((position) => IS_TEXT[position]).length, 3);
        }
        assert.ok(run.logits.every(Number.isFinite));
      }),
      { numRuns: 20 },
    );
  });

  it("answers a prompt without pictures", () => {
    const input = { embeddings: embeddingsOf(3, 4), isText: Uint8Array.of(1, 1, 1, 1), keepVisual: [0, 0, 0] };
    const run = prefill(randomDecoder(3), { ...input, mode: "physical" });
    assert.deepEqual([...(run.layers[2]?.kept ?? [])], [0, 1, 2, 3]);
  });

  it("names the tensor that a checkpoint lacks", () => {
    const model = { ...randomDecoder(1), weights: () => undefined };
    const input = {
      embeddings: embeddingsOf(1, 1),
      isText: Uint8Array.of(1),
      keepVisual: [0],
      mode: "physical",
    } as const;
    assert.throws(() => prefill(model, input), { code: "invalid-model", message: /input_layernorm/ });
  });
});
