import type { TextRange } from "./text-range.ts";

/** One thing that could be written at a place. */
export interface Completion {
  readonly label: string;
  readonly kind: "directive" | "option" | "word" | "model" | "file" | "folder";
  /** A few words beside the label. */
  readonly detail: string;
  /** Markdown; empty if there is nothing to add. */
  readonly documentation: string;
  /** What the text in the range, up to the cursor, is compared with. */
  readonly filterText: string;
  readonly insertText: string;
  /** What it replaces: in one line, around the position. */
  readonly range: TextRange;
  /** True if it is worth asking again behind what it inserts. */
  readonly suggestsMore: boolean;
}
