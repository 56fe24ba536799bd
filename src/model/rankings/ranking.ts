import type { Ops } from "#onnx/ops.ts";

/** One block of queries, as the attention sweep passes it: names of values in the graph. */
interface AttentionBlock {
  /** Masked, scaled logits [heads, block, end] of queries start .. end - 1 to keys 0 .. end - 1. */
  readonly logits: string;
  /** Their softmax [heads, block, end]. */
  readonly probabilities: string;
  /** int64 [1] each: the first query of the block, and the one after its last. */
  readonly start: string;
  readonly end: string;
  /** bool [1]: whether this is the block of the last queries, which comes first. */
  readonly isLast: string;
}

/** What a ranking may need to know of the prompt. */
export interface PromptShape {
  readonly heads: number;
  /** Tokens, int64 [1]. */
  readonly count: string;
}

/**
 * A way to rank tokens by attention inside the LLM; the visual tokens that rank highest stay.
 *
 * The sweep goes over blocks of queries from the last to the first and carries `state` from one to the next. Each function adds nodes
 * to `g` and returns names of values; whatever shape a state has, it may change from block to block.
 */
export interface Ranking {
  /** The state before the first block. */
  begin(g: Ops, prompt: PromptShape): readonly string[];
  /** The state after a block, and what the block says of its own tokens: [heads, block]. */
  visit(
    g: Ops,
    block: AttentionBlock,
    state: readonly string[],
    prompt: PromptShape,
  ): { state: readonly string[]; scores: string };
  /** Importance [n] from the scores of all tokens [heads, n] and the last state. */
  finish(g: Ops, scores: string, state: readonly string[], prompt: PromptShape): string;
}
