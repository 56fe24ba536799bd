/** Encoded tokens that lie on one grid, row-major, and are merged among themselves. */
export interface TokenGroup {
  readonly kind: "frame" | "base" | "grid";
  readonly rows: number;
  readonly columns: number;
  /** [rows * columns, channels] */
  readonly features: Float32Array;
  /** Whether the newline embedding follows every row. */
  readonly hasRowNewlines: boolean;
}

/** The visual tokens of one medium in the order in which the LLM sees them. */
export interface VisualLayout {
  readonly groups: readonly TokenGroup[];
  /** Whether the newline embedding closes the medium. */
  readonly endsWithNewline: boolean;
}

/** What the vision tower gave for a picture: its base crop, and perhaps a grid of crops of a larger version. */
export interface PictureFeatures {
  /** [patches, channels] */
  readonly base: Float32Array;
  readonly grid?: {
    readonly rows: number;
    readonly columns: number;
    /** Row by row, each [patches, channels]. */
    readonly crops: readonly Float32Array[];
  };
  /** Of the picture as it was, upright. */
  readonly widthPx: number;
  readonly heightPx: number;
}
