import path from "node:path";
import type { AttentionForm } from "#model/attention-form.ts";
import { readDecoderConfig } from "#model/checkpoint.ts";
import { buildDecoder } from "#model/decoder.ts";
import { f32 } from "#model/precision/f32.ts";
import { lastQuery } from "#model/rankings/last-query.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import type { Ranking } from "#model/rankings/ranking.ts";
import { InPlaceStore } from "#model/store.ts";
import { attendAll } from "#model/tower-merging.ts";
import { openWeights, type Weights } from "#model/weights.ts";
import { encodeModel } from "#onnx/encode.ts";
import { Ops } from "#onnx/ops.ts";
import { Generation } from "#runtime/llm.ts";
import { floats, floatsOf, GraphSession } from "#runtime/session.ts";
import { assertClose } from "../support/assert-close.ts";
import { setsWith } from "../support/fixtures.ts";

const [set] = setsWith("llm/cases.safetensors");
const folder = path.join(set?.folder ?? "", "llm");
const config = { ...readDecoderConfig(folder), layers: 3 };
const noise = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * i));

/** Everything that a prompt, of which 5 + `visual` + 5 tokens, and two more tokens give. */
async function runAll(weights: Weights, form: AttentionForm, ranking: Ranking, visual: number): Promise<number[]> {
  const store = new InPlaceStore(weights);
  const lmHead = weights.has("lm_head.weight") ? "lm_head.weight" : "model.embed_tokens.weight";
  const graph = buildDecoder(config, { prefix: "model.", lmHead }, store, f32, ranking, form);
  const session = await GraphSession.load(encodeModel(graph), { device: "cpu", folder: store.folder });
  const generation = new Generation(session, config);
  const embeddings = noise((visual + 10) * config.hidden);
  const isText = new Uint8Array(visual + 10).fill(1).fill(0, 5, 5 + visual);
  const keepVisual = [Math.ceil(visual / 2), Math.floor(visual / 8), 0];
  const { logits, entered, importance } = await generation.prefill({ embeddings, isText, keepVisual });
  const steps = [0, 1].map((i) => embeddings.slice(i * config.hidden, (i + 1) * config.hidden));
  const next: Float32Array[] = [];
  for (const embedding of steps) next.push(await generation.step(embedding));
  await session.close();
  return [logits, ...next, ...entered, ...importance.map((scores) => scores ?? [])].flatMap((values) => [...values]);
}

describe("forms of attention", () => {
  const rankings = { pagerank, "last query": lastQuery };
  let weights: Weights;
  before(() => {
    weights = openWeights(folder);
  });
  after(() => weights.close());

  for (const [name, ranking] of Object.entries(rankings)) {
    for (const visual of [3, 40, 300]) {
      it(`give the same with ${visual} visual tokens, ranked by ${name}`, async () => {
        const expected = await runAll(weights, { cached: "fused", sweep: "loop" }, ranking, visual);
        const found = await runAll(weights, { cached: "blocks", sweep: "unrolled" }, ranking, visual);
        assertClose(found, expected, 1e-5);
      });
    }
  }

  it("give the same in a vision tower, whatever the scale", async () => {
    const [tokens, heads, channels] = [50, 4, 12];
    for (const scale of [undefined, 0.5]) {
      const outputs: Float32Array[] = [];
      for (const form of ["fused", "blocks"] as const) {
        const g = new Ops("tower");
        const [q, k, v] = ["q", "k", "v"].map((name) => g.input(name, "float32", ["tokens", channels])) as [
          string,
          string,
          string,
        ];
        g.output("out", attendAll(g, { q, k, v }, heads, form, scale), "float32", ["tokens", channels]);
        const session = await GraphSession.load(encodeModel(g), { device: "cpu" });
        const rows = (seed: number) => floats(noise(tokens * channels + seed).subarray(seed), [tokens, channels]);
        outputs.push(floatsOf(await session.run({ q: rows(0), k: rows(7), v: rows(13) }), "out").slice());
        await session.close();
      }
      assertClose(outputs[1] ?? [], outputs[0] ?? [], 1e-5);
    }
  });
});
