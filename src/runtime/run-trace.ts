import { attentionRow } from "#core/attention-row.ts";
import type { AttentionTrace, TextToken } from "#core/attention-trace.ts";
import type { DecoderShape } from "#core/cost/shape.ts";
import { AimError } from "#core/errors.ts";
import type { Attended } from "./llm.ts";
import { visualOrdinals } from "./visual-record.ts";

export interface TracedRun {
  /** The id of the run record. */
  readonly run: string;
  /** The text tokens of the prompt, then those that were generated and fed. */
  readonly tokens: readonly TextToken[];
  readonly decoder: DecoderShape;
  /** [prompt] 1 for text. */
  readonly isText: Uint8Array;
  /** By layer, the prompt positions that entered it. */
  readonly entered: readonly Int32Array[];
  readonly attended: Attended;
}

/** What a run leaves of its attention: its keys and the queries of its text, from which any row follows without running a graph. */
export class RunTrace {
  readonly summary: AttentionTrace;
  readonly sizeBytes: number;
  readonly #run: TracedRun;
  /** The positions of the prompt's text tokens. */
  readonly #textPositions: readonly number[];
  /** [prompt] Which visual token each is; -1 for text. */
  readonly #ordinals: Int32Array;

  constructor(run: TracedRun) {
    const { attended, decoder, isText } = run;
    this.#run = run;
    this.#textPositions = [...isText.keys()].filter((position) => isText[position] === 1);
    this.#ordinals = visualOrdinals(isText);
    this.summary = {
      run: run.run,
      tokens: run.tokens,
      layers: decoder.layers,
      heads: decoder.heads,
      visual: isText.length - this.#textPositions.length,
    };
    this.sizeBytes = [...attended.keys, ...attended.queries.flat()].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
  }

  /**
   * [heads, visual] How much of a text token's attention in a layer went to each visual token, as the run computed it. A row adds up to less
   * than 1 by what went to text. 0 for visual tokens that come after the text token, which it did not see; NaN for those not present.
   *
   * Throws `invalid-argument` for a token or layer that is not there.
   */
  attention(token: number, layer: number): Float32Array {
    const { entered, attended, decoder } = this.#run;
    const { visual, heads } = this.summary;
    const positions = entered[layer];
    const keys = attended.keys[layer];
    if (!positions || !keys || this.summary.tokens[token] === undefined) {
      throw new AimError("invalid-argument", `there is no token ${token} at layer ${layer}`, {
        hint: `the run has ${this.summary.tokens.length} text tokens and ${this.summary.layers} layers`,
      });
    }
    const query = this.#query(token, layer);
    const { kvHeads, headDim } = decoder;
    const reach = this.#reach(token, positions);
    const shares = attentionRow({ query, keys, kvHeads, headDim, reach }); // [heads, reach]
    const result = new Float32Array(heads * visual).fill(Number.NaN);
    for (const [row, position] of positions.entries()) {
      const ordinal = this.#ordinals[position] ?? -1;
      if (ordinal < 0) continue;
      for (let head = 0; head < heads; head++) {
        result[head * visual + ordinal] = row < reach ? (shares[head * reach + row] ?? 0) : 0;
      }
    }
    return result;
  }

  /** [heads * headDim] */
  #query(token: number, layer: number): Float32Array {
    const { attended, decoder } = this.#run;
    const width = decoder.heads * decoder.headDim;
    const inPrompt = this.#textPositions.length;
    const pass = Math.max(0, token - inPrompt + 1);
    const row = pass === 0 ? token : 0;
    return (attended.queries[pass]?.[layer] ?? new Float32Array()).subarray(row * width, (row + 1) * width);
  }

  /** How many rows of a layer's cache the token saw. */
  #reach(token: number, positions: Int32Array): number {
    const position = this.#textPositions[token];
    if (position !== undefined) return positions.indexOf(position) + 1; // text is never cut
    return positions.length + (token - this.#textPositions.length) + 1;
  }
}
