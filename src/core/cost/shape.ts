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
  /** Tokens that go through the tower beside the patches, such as CLIP's class token; none unless given. */
  readonly classTokens?: number;
  /**
   * Channels of the vectors that say how similar tokens are, where the tower's features are merged before the projector, which then runs on
   * what is left. Not there where tokens are merged after the projector, by their own values.
   */
  readonly metricChannels?: number;
}

/** Whether tokens are merged before they are projected. */
export function isMergedFirst(vision: VisionShape | undefined): boolean {
  return vision?.metricChannels !== undefined;
}
