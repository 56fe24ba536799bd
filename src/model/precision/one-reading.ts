import { bytesOf } from "#onnx/ops.ts";

/** Rows of a matrix, quantised: what each tensor of the outcome gets of them. */
export interface QuantisedRows {
  readonly levels: Uint8Array;
  readonly scales: Float32Array;
  readonly zeroPoints?: Uint8Array;
}

const PARTS = ["levels", "scales", "zeroPoints"] as const;
type Part = (typeof PARTS)[number];

/**
 * The tensors that a matrix is quantised to, in one reading of it.
 *
 * Each part gives its bytes by itself, so that a conversion can be taken up anywhere; but whoever reads `levels` to its end finds the parts that come after
 * it, which are small, ready. They are held until they are fetched.
 */
export class OneReading {
  readonly #read: () => Iterable<QuantisedRows>;
  readonly #ready = new Map<Part, readonly Uint8Array[]>();

  /** `read` quantises the matrix from its first row to its last, anew each time. */
  constructor(read: () => Iterable<QuantisedRows>) {
    this.#read = read;
  }

  *part(part: Part): Iterable<Uint8Array> {
    const ready = this.#ready.get(part);
    if (ready !== undefined) {
      this.#ready.delete(part);
      yield* ready;
      return;
    }
    const later = PARTS.slice(PARTS.indexOf(part) + 1).map((name) => ({ name, chunks: [] as Uint8Array[] }));
    for (const rows of this.#read()) {
      for (const { name, chunks } of later) chunks.push(bytes(rows, name));
      yield bytes(rows, part);
    }
    for (const { name, chunks } of later) this.#ready.set(name, chunks);
  }
}

function bytes({ levels, scales, zeroPoints }: QuantisedRows, part: Part): Uint8Array {
  if (part === "levels") return levels;
  return part === "scales" ? bytesOf(scales) : (zeroPoints ?? new Uint8Array(0));
}
