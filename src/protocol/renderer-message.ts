/** What the renderer of notebook outputs tells the editor. */
export interface RendererMessage {
  readonly kind: "open-analysis";
  /** What recordToJson or compactRecord gave, of each run of the output. */
  readonly runs: readonly unknown[];
}
