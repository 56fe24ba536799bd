import assert from "node:assert/strict";
import { chooseToken } from "#core/sample.ts";
import type { DecoderConfig } from "#model/config.ts";
import { buildDecoder } from "#model/decoder.ts";
import { f32 } from "#model/precision/f32.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import { InPlaceStore } from "#model/store.ts";
import { openWeights, type Weights } from "#model/weights.ts";
import { encodeModel } from "#onnx/encode.ts";
import { Generation, type PrefillInput, type PrefillResult } from "#runtime/llm.ts";
import { GraphSession } from "#runtime/session.ts";
import { assertClose } from "../support/assert-close.ts";
import type { Tensors } from "../support/fixtures.ts";

const LOGITS = 1e-4;
const GREEDY = { temperature: 0, topP: 1 };

/** The decoder of a fixture folder as a graph in ONNX Runtime, on the CPU in f32. */
export class GraphDecoder {
  readonly config: DecoderConfig;
  readonly weights: Weights;
  readonly #session: GraphSession;

  private constructor(config: DecoderConfig, weights: Weights, session: GraphSession) {
    this.config = config;
    this.weights = weights;
    this.#session = session;
  }

  static async open(folder: string, config: DecoderConfig): Promise<GraphDecoder> {
    const weights = openWeights(folder);
    const store = new InPlaceStore(weights);
    const lmHead = weights.has("lm_head.weight") ? "lm_head.weight" : "model.embed_tokens.weight";
    const graph = buildDecoder(config, { prefix: "model.", lmHead }, store, f32, pagerank);
    const session = await GraphSession.load(encodeModel(graph), { device: "cpu", folder: store.folder });
    return new GraphDecoder(config, weights, session);
  }

  generation(): Generation {
    return new Generation(this.#session, this.config);
  }

  embed(id: number): Float32Array {
    return this.weights.readRows("model.embed_tokens.weight", [id]);
  }

  async close(): Promise<void> {
    await this.#session.close();
    this.weights.close();
  }
}

/** Runs the graph on `input` and compares whatever the fixtures hold under `prefix`, such as `a196.physical`. */
export function describeGraphRun(
  model: () => GraphDecoder,
  tensors: Tensors,
  prefix: string,
  input: PrefillInput,
): void {
  describe(prefix, () => {
    let generation: Generation;
    let run: PrefillResult;
    before(async () => {
      generation = model().generation();
      run = await generation.prefill(input);
    });
    const compare = (
      suffix: string,
      title: string,
      check: (data: ArrayLike<number> & Iterable<number>) => void | Promise<void>,
    ) => {
      const name = `${prefix}.${suffix}`;
      if (tensors.has(name)) it(title, () => check(tensors.get(name).data));
    };
    const count = input.isText.length;
    const lastRow = (rows: ArrayLike<number>) => Array.from(rows).slice(-run.logits.length);

    compare("logits", "logits of the last position", (rows) => assertClose(run.logits, lastRow(rows), LOGITS));
    compare("logits_last", "logits of the last position", (logits) => assertClose(run.logits, logits, LOGITS));
    compare("importance", "importance where tokens are dropped", (rows) => {
      for (const [layer, scores] of run.importance.entries()) {
        const expected = Array.from(
          run.entered[layer] ?? [],
          (position) => rows[layer * count + position] ?? Number.NaN,
        );
        if (scores) assertClose(scores, expected, { relative: 1e-3, absolute: 1e-12 });
      }
    });
    compare("kept", "tokens kept after every layer", (flags) => {
      for (const [layer, entered] of run.entered.slice(1).entries()) {
        const expected = [...input.isText.keys()].filter((position) => flags[layer * count + position] === 1);
        assert.deepEqual([...entered], expected, `after layer ${layer}`);
      }
    });
    compare("greedy_ids", "greedy continuation, with a KV cache of its own length at every layer", async (ids) => {
      assert.deepEqual(
        generation.cacheLengths,
        run.entered.map(({ length }) => length),
      );
      const chosen: number[] = [];
      for (let logits = run.logits; ; logits = await generation.step(model().embed(chosen.at(-1) ?? 0))) {
        chosen.push(chooseToken(logits, GREEDY, () => 0));
        if (chosen.length === ids.length) break;
      }
      assert.deepEqual(chosen, [...ids]);
    });
  });
}
