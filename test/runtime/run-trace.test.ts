import assert from "node:assert/strict";
import { seededRandom } from "#core/random.ts";
import { continueGreedily, prefill } from "#core/reference/decoder.ts";
import type { Decoder } from "#core/reference/decoder-layer.ts";
import { softmax } from "#core/softmax.ts";
import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { compileDecoder, RECIPES } from "#model/compile.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import { Generation } from "#runtime/llm.ts";
import { RunTrace } from "#runtime/run-trace.ts";
import { GraphSession } from "#runtime/session.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../tools/checkpoint/spec.ts";
import { assertClose } from "../support/assert-close.ts";
import { assertAimError } from "../support/assert-error.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Two media: five visual tokens, then seven, with text before, between and after. */
const IS_TEXT = Uint8Array.from([1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
const VISUAL = 12;
const TEXT = IS_TEXT.length - VISUAL;
const FED = 3;

function weightsOf({ weights }: Checkpoint): Decoder["weights"] {
  return (name) =>
    weights.has(name) ? { shape: weights.entry(name).shape, data: weights.readFloat32(name) } : undefined;
}

describe("RunTrace", () => {
  const folder = temporaryFolder();
  const sessions: GraphSession[] = [];
  beforeEach(() => makeCheckpoint(folder("model"), TINY));
  afterEach(() => Promise.all(sessions.splice(0).map((session) => session.close())));

  /** A prompt and `FED` tokens after it, through ONNX Runtime and through the plain decoder, which gives all of its attention. */
  async function run(keepVisual: readonly number[]) {
    const checkpoint = openCheckpoint(folder("model"));
    const { decoder, decoderNames } = checkpoint.model;
    const graph = compileDecoder(checkpoint, RECIPES.f32, folder("converted"), pagerank);
    const session = await GraphSession.load(graph.bytes, { device: "cpu", folder: graph.folder });
    sessions.push(session);
    const plain: Decoder = {
      decoder,
      names: { decoder: decoderNames.prefix, lmHead: decoderNames.lmHead },
      weights: weightsOf(checkpoint),
    };
    const random = seededRandom(3);
    const embeddings = Float32Array.from({ length: IS_TEXT.length * decoder.hidden }, () => random() - 0.5);
    const input = { embeddings, isText: IS_TEXT, keepVisual };

    /** By pass and layer, the logits [rows, keys] of every head. */
    const logits = Array.from({ length: 1 + FED }, () => keepVisual.map((): Float32Array[] => []));
    const started = prefill(plain, { ...input, mode: "physical" }, (layer, head) => logits[0]?.[layer]?.push(head));
    let heads = 0;
    const { ids } = continueGreedily(plain, started, FED + 1, (layer, head) => {
      logits[1 + Math.floor(heads++ / (decoder.heads * decoder.layers))]?.[layer]?.push(head);
    });

    const generation = new Generation(session, decoder);
    const { entered } = await generation.prefill(input);
    for (const id of ids.slice(0, FED)) {
      await generation.step(checkpoint.weights.readRows(`${decoderNames.prefix}embed_tokens.weight`, [id]));
    }
    checkpoint.weights.close();
    const tokens = Array.from({ length: TEXT + FED }, () => ({ text: "?", role: "question" }) as const);
    const trace = new RunTrace({
      run: "1",
      tokens,
      decoder,
      isText: IS_TEXT,
      entered,
      attended: await generation.attended(),
    });
    return { trace, logits, layers: started.layers, decoder };
  }

  const schedules = { "keeps everything": [VISUAL, VISUAL, VISUAL, VISUAL], prunes: [9, 4, 0, 0] };
  for (const [name, keepVisual] of Object.entries(schedules)) {
    it(`tells the attention of all text that the plain decoder computes, where it ${name}`, async () => {
      const { trace, logits, layers, decoder } = await run(keepVisual);
      const textPositions = [...IS_TEXT.keys()].filter((position) => IS_TEXT[position]);
      const visualPositions = [...IS_TEXT.keys()].filter((position) => !IS_TEXT[position]);
      let present = 0;
      for (let layer = 0; layer < decoder.layers; layer++) {
        const entered = layers[layer]?.entered ?? new Int32Array();
        for (let token = 0; token < TEXT + FED; token++) {
          const pass = Math.max(0, token - TEXT + 1);
          const keys = entered.length + pass;
          const row = pass > 0 ? 0 : entered.indexOf(textPositions[token] ?? -1);
          const expected = Array.from({ length: decoder.heads }, (_, head) => {
            const all = logits[pass]?.[layer]?.[head] ?? new Float32Array();
            const shares = softmax(all.slice(row * keys, (row + 1) * keys));
            return visualPositions.map((position) => shares[entered.indexOf(position)] ?? Number.NaN);
          }).flat();
          const got = trace.attention(token, layer);
          const isPresent = expected.map((share) => !Number.isNaN(share));
          assert.deepEqual(
            [...got].map((share) => !Number.isNaN(share)),
            isPresent,
          );
          assertClose(
            got.filter((_, i) => isPresent[i]),
            expected.filter((_, i) => isPresent[i]),
            2e-6,
          );
          present += isPresent.filter(Boolean).length;
        }
      }
      const kept = [VISUAL, ...keepVisual.slice(0, -1)].reduce((sum, count) => sum + count, 0);
      assert.equal(present, kept * (TEXT + FED) * decoder.heads);
    });
  }

  it("has no attention to what comes later, and less than all of it to what comes before", async () => {
    const { trace, decoder } = await run(schedules["keeps everything"]);
    for (let layer = 0; layer < decoder.layers; layer++) {
      const rows = Array.from({ length: TEXT + FED }, (_, token) => trace.attention(token, layer));
      assert.ok(rows[0]?.every((share) => share === 0)); // before all media
      const between = rows[2] ?? new Float32Array();
      for (let head = 0; head < decoder.heads; head++) {
        const shares = between.subarray(head * VISUAL, (head + 1) * VISUAL);
        assert.ok(shares.subarray(0, 5).every((share) => share > 0));
        assert.ok(shares.subarray(5).every((share) => share === 0));
      }
      for (const row of rows) {
        for (let head = 0; head < decoder.heads; head++) {
          const sum = row.subarray(head * VISUAL, (head + 1) * VISUAL).reduce((total, share) => total + share, 0);
          assert.ok(sum < 1, `${sum}`);
        }
      }
    }
  });

  it("says what can be asked, what it takes, and what there is not", async () => {
    const { trace, decoder } = await run(schedules.prunes);
    const { layers, heads, visual, tokens } = trace.summary;
    assert.deepEqual([layers, heads, visual, tokens.length], [4, 4, VISUAL, TEXT + FED]);
    const cached = [18, 15, 10, 6].reduce((sum, length) => sum + length + FED, 0);
    const { kvHeads, headDim } = decoder;
    assert.equal(trace.sizeBytes, 4 * headDim * (kvHeads * cached + heads * layers * (TEXT + FED)));
    for (const [token, layer] of [
      [TEXT + FED, 0],
      [-1, 0],
      [0, 4],
      [0, -1],
      [0.5, 0],
    ] as const) {
      assertAimError(() => trace.attention(token, layer), {
        code: "invalid-argument",
        message: new RegExp(`no token ${token} at layer ${layer}`),
        hint: /9 text tokens and 4 layers/,
      });
    }
  });
});
