import type { Tensor } from "onnxruntime-node";
import { AimError } from "#core/errors.ts";
import type { DecoderConfig } from "#model/config.ts";
import { DECODER } from "#model/decoder.ts";
import { floats, floatsOf, type GraphSession, int64s, tensorOf } from "./session.ts";

/** Queries in a block of attention: few enough that the logits of a block stay in the cache of a core, not so few that products become small. */
const SWEEP = { blocks: 64, smallest: 32 };

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

/**
 * The outputs of an LLM's graph that should stay on its device: all but the logits, so that a token costs one read. The others are fed back, or read after a
 * prompt, or when the answer is there.
 *
 * To ask for some of the outputs only is no way: ONNX Runtime's binding for Node then mistakes one for another, or binds what an earlier run gave.
 */
export function keptOnDevice({ layers }: DecoderConfig): string[] {
  const ofEvery = [DECODER.presentKeys, DECODER.presentValues, DECODER.queries];
  const ofAllButLast = [DECODER.kept, DECODER.importance];
  return Array.from({ length: layers }, (_, layer) => {
    return (layer < layers - 1 ? [...ofEvery, ...ofAllButLast] : ofEvery).map((nameOf) => nameOf(layer));
  }).flat();
}

/** One answer of an LLM: its graph, and the KV cache of the tokens so far, which differs in length by layer. Ends with `release`. */
export class Generation {
  readonly #session: GraphSession;
  readonly #config: DecoderConfig;
  readonly #keepsQueries: boolean;
  /** By layer, what the prompt left: read at every token, and never written. */
  #prompt: readonly KeysAndValues[];
  /** By layer, of the tokens since. */
  #recent: readonly KeysAndValues[];
  readonly #queries: (readonly Tensor[])[] = [];
  #nextPosition = 0;

  /** `keepsQueries`: whether `attended` will be asked for. Default true. */
  constructor(session: GraphSession, config: DecoderConfig, { keepsQueries = true } = {}) {
    this.#session = session;
    this.#config = config;
    this.#keepsQueries = keepsQueries;
    const empty = floats(new Float32Array(0), [1, config.kvHeads, 0, config.headDim]);
    this.#prompt = Array.from({ length: config.layers }, () => ({ keys: empty, values: empty }));
    this.#recent = this.#prompt;
  }

  /** [layers] Tokens in each layer's KV cache. */
  get cacheLengths(): number[] {
    const lengthOf = ({ keys }: KeysAndValues) => keys.dims[2] ?? 0;
    return this.#prompt.map((layer, i) => lengthOf(layer) + (this.#recent[i] ? lengthOf(this.#recent[i]) : 0));
  }

  /** What the attention of all tokens so far was computed from. */
  async attended(): Promise<Attended> {
    const queries: Float32Array[][] = [];
    for (const pass of this.#queries) queries.push(await this.#session.read(pass));
    const keys: Float32Array[] = [];
    for (const [layer, { keys: ofPrompt }] of this.#prompt.entries()) {
      const recent = this.#recent[layer]?.keys ?? ofPrompt;
      keys.push(joinHeads(await this.#session.read([ofPrompt, recent]), this.#config.kvHeads));
    }
    return { keys, queries };
  }

  /** Frees what lies on a device. Nothing can be run or read after that. */
  release(): void {
    freeOnDevice([...tensorsOf(this.#prompt), ...tensorsOf(this.#recent), ...this.#queries.flat()]);
    this.#prompt = [];
    this.#recent = [];
    this.#queries.length = 0;
  }

  /** Runs the whole prompt, removing visual tokens on the way. Throws `invalid-argument` unless it is the first thing that is run. */
  async prefill({ embeddings, isText, keepVisual }: PrefillInput): Promise<PrefillResult> {
    if (this.#nextPosition > 0) {
      throw new AimError("invalid-argument", `a prompt needs an empty cache, got one of ${this.#nextPosition} tokens`);
    }
    const { logits, kept, scores } = await this.#run(embeddings, isText, keepVisual);
    const importance = (await this.#session.read(scores)).map((values) => (values.length > 0 ? values : undefined));
    const entered = [Int32Array.from(isText.keys())];
    for (const [layer, rows] of (await this.#session.readIndices(kept)).entries()) {
      entered.push(rows.map((row) => entered[layer]?.[row] ?? 0));
    }
    freeOnDevice([...kept, ...scores]);
    return { logits, entered, importance, cacheLengths: this.cacheLengths };
  }

  /** Runs one generated token (its embedding, [hidden]) and returns the logits [vocab] of the next. */
  async step(embedding: Float32Array): Promise<Float32Array> {
    const { logits, kept, scores } = await this.#run(embedding, Uint8Array.of(1), Array(this.#config.layers).fill(0));
    freeOnDevice([...kept, ...scores]);
    return logits;
  }

  /** Keeps the cache and, if asked to, the queries; gives the logits, and by layer but the last what went on and its importance. */
  async #run(embeddings: Float32Array, isText: Uint8Array, keepVisual: readonly number[]) {
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
    for (const [layer, { keys, values }] of this.#prompt.entries()) {
      feeds[DECODER.pastKeys(layer)] = keys;
      feeds[DECODER.pastValues(layer)] = values;
    }
    for (const [layer, { keys, values }] of this.#recent.entries()) {
      feeds[DECODER.recentKeys(layer)] = keys;
      feeds[DECODER.recentValues(layer)] = values;
    }
    const results = await this.#session.run(feeds);
    const byLayer = (nameOf: (layer: number) => string, layers = this.#config.layers) =>
      Array.from({ length: layers }, (_, layer) => tensorOf(results, nameOf(layer)));
    const present = this.#prompt.map((_, layer) => ({
      keys: tensorOf(results, DECODER.presentKeys(layer)),
      values: tensorOf(results, DECODER.presentValues(layer)),
    }));
    if (this.#nextPosition === 0) this.#prompt = present;
    else {
      freeOnDevice(tensorsOf(this.#recent));
      this.#recent = present;
    }
    const queries = byLayer(DECODER.queries);
    if (this.#keepsQueries) this.#queries.push(queries);
    else freeOnDevice(queries);
    this.#nextPosition += count;
    const ranked = this.#config.layers - 1;
    return {
      logits: floatsOf(results, DECODER.logits),
      kept: byLayer(DECODER.kept, ranked),
      scores: byLayer(DECODER.importance, ranked),
    };
  }
}

interface KeysAndValues {
  readonly keys: Tensor;
  readonly values: Tensor;
}

const tensorsOf = (layers: readonly KeysAndValues[]) => layers.flatMap(({ keys, values }) => [keys, values]);

/** Two caches of a layer, each [heads, tokens, headDim], as one: head by head the tokens of the first, then of the second. */
function joinHeads(parts: readonly Float32Array[], heads: number): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (let head = 0; head < heads; head++) {
    for (const part of parts) {
      const size = part.length / heads;
      joined.set(part.subarray(head * size, (head + 1) * size), at);
      at += size;
    }
  }
  return joined;
}

function freeOnDevice(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) if (tensor.location === "gpu-buffer") tensor.dispose();
}
