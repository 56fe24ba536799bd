/** Encoded tokens that lie on one grid, row-major, and are merged among themselves. */
export interface TokenGroup {
  readonly kind: "frame" | "base" | "grid";
  readonly rows: number;
  readonly columns: number;
  /** [rows * columns, channels] */
  readonly features: Float32Array;
  /** What says how similar tokens are, [rows * columns, any channels], where the features themselves do not. */
  readonly metric?: Float32Array;
  /** An embedding [channels] that ends every row, such as a newline; it is a visual token, but never merged. */
  readonly rowEnd?: Float32Array;
}

/** The visual tokens of one medium in the order in which the LLM sees them. */
export interface VisualLayout {
  readonly groups: readonly TokenGroup[];
  /** An embedding [channels] that closes the medium; it is a visual token, but never merged. */
  readonly end?: Float32Array;
}

/** What the vision tower gave for a picture: of the whole, and perhaps of a grid of crops of a larger version. */
export interface PictureFeatures {
  /** [tokens, channels] */
  readonly base: Float32Array;
  readonly grid?: {
    readonly rows: number;
    readonly columns: number;
    /** Row by row, each [tokens, channels]. */
    readonly crops: readonly Float32Array[];
  };
  /** Of the picture as it was, upright. */
  readonly widthPx: number;
  readonly heightPx: number;
}
