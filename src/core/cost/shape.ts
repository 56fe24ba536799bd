/** What decides the cost of a decoder-only LLM (Qwen2, Llama): sizes in channels and counts. */
export interface DecoderShape {
  readonly layers: number;
  readonly hidden: number;
  /** Width of the gated MLP. */
  readonly intermediate: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocab: number;
}

/** What decides the cost of a ViT tower and its projector. */
export interface VisionShape {
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly heads: number;
  readonly imageSizePx: number;
  readonly patchSizePx: number;
  /** Channels that the projector gives: the LLM's hidden size. */
  readonly projected: number;
}
