/** What the renderer of notebook outputs tells the editor. */
export interface RendererMessage {
  readonly kind: "open-analysis";
  /** The record's JSON as it is in the output. */
  readonly run: unknown;
}
