import type { Tensor } from "onnxruntime-node";
import { AimError } from "#core/errors.ts";
import type { DecoderConfig } from "#model/config.ts";
import { DECODER } from "#model/decoder.ts";
import {
  floatData,
  floats,
  floatsOf,
  type GraphSession,
  indicesOf,
  int64s,
  type Tensors,
  tensorOf,
} from "./session.ts";

/** Queries in a block of the attention sweep: a sixteenth of the prompt, but not so few that products become small. */
const SWEEP = { blocks: 16, smallest: 64 };

export interface PrefillInput {
  /** [n, hidden] */
  readonly embeddings: Float32Array;
  /** [n] 1 for text. */
  readonly isText: Uint8Array;
  /** [layers] Visual tokens to keep after each layer; text is never cut. */
  readonly keepVisual: readonly number[];
}

export interface PrefillResult {
  /** [vocab] */
  readonly logits: Float32Array;
  /** By layer, the prompt positions that entered it. */
  readonly entered: readonly Int32Array[];
  /** By layer but the last, importance of the tokens that entered; undefined where they were not ranked. */
  readonly importance: readonly (Float32Array | undefined)[];
  /** [layers] Length of each layer's KV cache after the prompt. */
  readonly cacheLengths: readonly number[];
}

/** What the attention of a prompt and its answer was computed from; see attentionRow. */
export interface Attended {
  /** By layer, [kvHeads, tokens, headDim]: the keys of the prompt's tokens that entered it, then of those that were generated and fed. */
  readonly keys: readonly Float32Array[];
  /** By run of the graph and layer, [text tokens, heads * headDim]: the queries of the prompt's text tokens, then of each token that was fed. */
  readonly queries: readonly (readonly Float32Array[])[];
}

/** One answer of an LLM: its graph, and the KV cache of the tokens so far, which differs in length by layer. */
export class Generation {
  readonly #session: GraphSession;
  readonly #config: DecoderConfig;
  #cache: readonly { keys: Tensor; values: Tensor }[];
  readonly #queries: Float32Array[][] = [];
  #nextPosition = 0;

  constructor(session: GraphSession, config: DecoderConfig) {
    this.#session = session;
    this.#config = config;
    const empty = floats(new Float32Array(0), [1, config.kvHeads, 0, config.headDim]);
    this.#cache = Array.from({ length: config.layers }, () => ({ keys: empty, values: empty }));
  }

  /** [layers] Tokens in each layer's KV cache. */
  get cacheLengths(): number[] {
    return this.#cache.map(({ keys }) => keys.dims[2] ?? 0);
  }

  /** What the attention of all tokens so far was computed from. */
  attended(): Attended {
    return { keys: this.#cache.map(({ keys }) => floatData(keys)), queries: this.#queries };
  }

  /** Runs the whole prompt, removing visual tokens on the way. Throws `invalid-argument` unless it is the first thing that is run. */
  async prefill({ embeddings, isText, keepVisual }: PrefillInput): Promise<PrefillResult> {
    if (this.#nextPosition > 0) {
      throw new AimError("invalid-argument", `a prompt needs an empty cache, got one of ${this.#nextPosition} tokens`);
    }
    const results = await this.#run(embeddings, isText, keepVisual);
    const entered = [Int32Array.from(isText.keys())];
    const importance: (Float32Array | undefined)[] = [];
    for (let layer = 0; layer < this.#config.layers - 1; layer++) {
      const scores = floatsOf(results, DECODER.importance(layer));
      importance.push(scores.length > 0 ? scores : undefined);
      entered.push(indicesOf(results, DECODER.kept(layer)).map((row) => entered[layer]?.[row] ?? 0));
    }
    return { logits: floatsOf(results, DECODER.logits), entered, importance, cacheLengths: this.cacheLengths };
  }

  /** Runs one generated token (its embedding, [hidden]) and returns the logits [vocab] of the next. */
  async step(embedding: Float32Array): Promise<Float32Array> {
    const results = await this.#run(embedding, Uint8Array.of(1), Array(this.#config.layers).fill(0));
    return floatsOf(results, DECODER.logits);
  }

  async #run(embeddings: Float32Array, isText: Uint8Array, keepVisual: readonly number[]): Promise<Tensors> {
    const count = isText.length;
    const feeds: Record<string, Tensor> = {
      [DECODER.embeddings]: floats(embeddings, [count, this.#config.hidden]),
      [DECODER.positions]: floats(
        Float32Array.from({ length: count }, (_, i) => this.#nextPosition + i),
        [count],
      ),
      [DECODER.isText]: floats(Float32Array.from(isText), [count]),
      [DECODER.keepVisual]: int64s(keepVisual),
      [DECODER.blockSize]: int64s([Math.max(SWEEP.smallest, Math.ceil(count / SWEEP.blocks))]),
    };
    for (const [layer, { keys, values }] of this.#cache.entries()) {
      feeds[DECODER.pastKeys(layer)] = keys;
      feeds[DECODER.pastValues(layer)] = values;
    }
    const results = await this.#session.run(feeds);
    this.#cache = this.#cache.map((_, layer) => ({
      keys: tensorOf(results, DECODER.presentKeys(layer)),
      values: tensorOf(results, DECODER.presentValues(layer)),
    }));
    this.#queries.push(this.#cache.map((_, layer) => floatsOf(results, DECODER.queries(layer))));
    this.#nextPosition += count;
    return results;
  }
}
