import { pageRank, rootMeanSquare } from "../importance.ts";
import { keepTokens } from "../prune.ts";
import { rowsOf, view } from "../vector.ts";
import { type Decoder, decoderLayer, EMPTY_CACHE, type LayerCache } from "./decoder-layer.ts";
import { matmul, rmsNorm } from "./layers.ts";
import { need } from "./weights.ts";

interface LayerTrace {
  /** Positions that were present. */
  readonly entered: Int32Array;
  /** Of the rows that were computed: those in `entered`, but of all tokens in mode `reference`. */
  readonly importance: Float64Array;
  /** Positions left after the layer. */
  readonly kept: Int32Array;
  /** [hidden] What entered the layer in the last row. */
  readonly lastHidden: Float32Array;
}

export interface Prefilled {
  /** [rows, hidden] After the final norm. */
  readonly hidden: Float32Array;
  /** [vocab] Of the last position. */
  readonly logits: Float32Array;
  readonly layers: readonly LayerTrace[];
  readonly cache: readonly LayerCache[];
  /** The position of the next token. */
  readonly position: number;
}

export interface PrefillInput {
  /** [tokens, hidden] */
  readonly embeddings: Float32Array;
  /** [tokens] 1 for text. */
  readonly isText: Uint8Array;
  /** [layers] Visual tokens left after each layer. */
  readonly keepVisual: readonly number[];
  /**
   * `physical`: a pruned token is gone from the next layer on. `reference`: as in the release it stays in the sequence, hidden as a
   * key, and its row still passes importance on.
   */
  readonly mode: "physical" | "reference";
}

/** Sees each head's masked logits in a layer, [rows, keys], in the order of layers and heads. */
type OnHead = (layer: number, logits: Float32Array) => void;

/** The whole prompt through all layers, pruning after each. */
export function prefill(model: Decoder, input: PrefillInput, onHead?: OnHead): Prefilled {
  const { hidden } = model.decoder;
  const { isText, keepVisual, mode } = input;
  let x = input.embeddings; // [rows, hidden]
  let positions = Int32Array.from(isText.keys()); // [rows]
  let isVisible = new Uint8Array(positions.length).fill(1); // [rows]
  const layers: LayerTrace[] = [];
  const cache: LayerCache[] = [];
  for (const [layer, keep] of keepVisual.entries()) {
    const ranks: Float64Array[] = []; // [heads][rows]
    const step = decoderLayer(model, layer, { x, positions, isVisible, past: EMPTY_CACHE }, (logits) => {
      ranks.push(pageRank(logits, positions.length));
      onHead?.(layer, logits);
    });
    const importance = rootMeanSquare(ranks);
    const entered = Int32Array.from(positions.keys()).filter((row) => isVisible[row]);
    const scores = Float64Array.from(entered, (row) => importance[row] ?? 0);
    const isEnteredText = Uint8Array.from(pick(positions, entered), (position) => isText[position] ?? 0);
    const kept = pick(entered, keepTokens(scores, isEnteredText, keep)); // rows, like `entered`

    const lastHidden = view(x, x.length - hidden, hidden);
    layers.push({ entered: pick(positions, entered), importance, kept: pick(positions, kept), lastHidden });
    cache.push(step.cache);
    if (mode === "physical") {
      x = pickRows(step.x, hidden, kept);
      positions = pick(positions, kept);
      isVisible = new Uint8Array(kept.length).fill(1);
    } else {
      x = step.x;
      isVisible = new Uint8Array(positions.length);
      for (const row of kept) isVisible[row] = 1;
    }
  }
  const normed = finalNorm(model, x);
  const logits = lmHead(model, view(normed, normed.length - hidden, hidden));
  return { hidden: normed, logits, layers, cache, position: isText.length };
}

const pick = (values: Int32Array, indices: Int32Array) => indices.map((index) => values[index] ?? 0);

function pickRows(x: Float32Array, width: number, indices: Int32Array): Float32Array {
  const rows = rowsOf(x, width);
  const picked = new Float32Array(indices.length * width);
  for (const [i, index] of indices.entries()) picked.set(rows[index] ?? [], i * width);
  return picked;
}

/** Greedy continuation: `count` token ids (the lower on a tie) and the logits that chose each. */
export function continueGreedily(
  model: Decoder,
  start: Prefilled,
  count: number,
  onHead?: OnHead,
): { ids: number[]; logits: Float32Array[] } {
  const { hidden } = model.decoder;
  const embeddings = need(model.weights, `${model.names.decoder}embed_tokens.weight`).data;
  const cache = [...start.cache];
  const logits = [start.logits];
  const ids = [highest(start.logits)];
  while (ids.length < count) {
    let x = view(embeddings, (ids.at(-1) ?? 0) * hidden, hidden);
    const positions = Int32Array.of(start.position + ids.length - 1);
    for (const [layer, past] of cache.entries()) {
      const input = { x, positions, isVisible: Uint8Array.of(1), past };
      const step = decoderLayer(model, layer, input, (row) => onHead?.(layer, row));
      x = step.x;
      cache[layer] = step.cache;
    }
    const next = lmHead(model, finalNorm(model, x));
    logits.push(next);
    ids.push(highest(next));
  }
  return { ids, logits };
}

/** [rows, vocab] of normed hidden states [rows, hidden]. */
export function lmHead(model: Decoder, hidden: Float32Array): Float32Array {
  return matmul(hidden, need(model.weights, model.names.lmHead));
}

function finalNorm({ decoder, names, weights }: Decoder, x: Float32Array): Float32Array {
  return rmsNorm(x, need(weights, `${names.decoder}norm.weight`), decoder.normEpsilon);
}

/** The index of the highest logit, the lower on a tie. */
function highest(logits: Float32Array): number {
  return logits.reduce((best, logit, index) => (logit > (logits[best] ?? 0) ? index : best), 0);
}
