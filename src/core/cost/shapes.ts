import type { DecoderShape } from "./shape.ts";

/** A model as the release's cost table counts it. */
export interface CountedModel {
  readonly decoder: DecoderShape;
  /** The release counts the residual add after the MLP for Vicuna, but not for Qwen2. */
  readonly hasSecondResidual: boolean;
  /** Text tokens of a prompt that the release assumes. */
  readonly textTokens: number;
}

/** The LLM of LLaVA-OneVision 7B. */
export const QWEN2_7B: CountedModel = {
  decoder: { layers: 28, hidden: 3584, intermediate: 18944, heads: 28, kvHeads: 4, headDim: 128, vocab: 152064 },
  hasSecondResidual: false,
  textTokens: 100,
};

/** The LLM of LLaVA-1.5 7B. */
export const VICUNA_7B: CountedModel = {
  decoder: { layers: 32, hidden: 4096, intermediate: 11008, heads: 32, kvHeads: 32, headDim: 128, vocab: 32000 },
  hasSecondResidual: true,
  textTokens: 40,
};
