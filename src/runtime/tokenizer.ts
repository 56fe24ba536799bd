import { Tokenizer as HubTokenizer } from "@huggingface/tokenizers";
import { AimError } from "#core/errors.ts";
import { readJsonFile, readOptionalJson } from "#model/json-file.ts";

/** tokenizer.json holds the whole vocabulary; the largest known are about 35 MB. */
const MAX_BYTES = 128 * 2 ** 20;

/** The library takes spaces away before punctuation where a file does not say otherwise; the reference implementation does not. */
const AS_THEY_ARE = { clean_up_tokenization_spaces: false } as const;

/** Text to ids and back, by a checkpoint's tokenizer.json. */
export class Tokenizer {
  readonly #tokenizer: HubTokenizer;
  readonly #added: readonly string[];

  private constructor(tokenizer: HubTokenizer) {
    this.#tokenizer = tokenizer;
    this.#added = [...tokenizer.get_added_tokens_decoder().values()]
      .map(({ content }) => content)
      .filter((text) => text !== "");
  }

  /** Throws `not-found` or `invalid-model`. */
  static open(dir: string): Tokenizer {
    const file = readJsonFile(dir, "tokenizer.json", { maxBytes: MAX_BYTES });
    const config = readOptionalJson(dir, "tokenizer_config.json") ?? {};
    try {
      return new Tokenizer(new HubTokenizer(Object(file), Object(config)));
    } catch (cause) {
      throw new AimError("invalid-model", `${dir}: tokenizer.json cannot be used`, {
        hint: "download the file again",
        cause,
      });
    }
  }

  /** Ids that every prompt begins with, such as the one for its beginning in Llama's. */
  get prefix(): number[] {
    return this.#tokenizer.encode("", { add_special_tokens: true }).ids;
  }

  /** Ids of `text`; texts of special tokens in it become those tokens, halves of surrogate pairs U+FFFD. */
  encode(text: string): number[] {
    return this.#tokenizer.encode(wellFormed(text), { add_special_tokens: false }).ids;
  }

  /** Text of `ids`, special tokens left out. */
  decode(ids: readonly number[]): string {
    return ids.length === 0 ? "" : this.#tokenizer.decode([...ids], { skip_special_tokens: true, ...AS_THEY_ARE });
  }

  /** Text of one token, special ones written out; U+FFFD for bytes that are no whole character. */
  textOf(id: number): string {
    return this.#tokenizer.decode([id], { skip_special_tokens: false, ...AS_THEY_ARE });
  }

  /** Positions at which `text` must be cut so that no special token can be read out of it. */
  specialBreaks(text: string): number[] {
    const breaks = new Set<number>();
    for (const token of this.#added) {
      for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1)) breaks.add(at + 1);
    }
    return [...breaks].sort((a, b) => a - b);
  }
}

/** `text` with U+FFFD for halves of surrogate pairs. */
function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
