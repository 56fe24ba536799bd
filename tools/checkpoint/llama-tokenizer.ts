/** Ids of Llama's tokenizer, and those that LLaVA-1.5 added to it, of a vocabulary of `vocabulary` rows. */
export function llamaTokens(vocabulary: number): Readonly<Record<"start" | "end" | "image" | "padding", number>> {
  // The table was made larger by 64 rows, of which two are used.
  return { start: 1, end: 2, image: vocabulary - 64, padding: vocabulary - 63 };
}

const SPACE = "\u2581";
const SPECIAL = ["<unk>", "<s>", "</s>"];
/** Words that are one token each, as they stand in a sentence. */
const WORDS = "USER What Which How is are the there this in of a and many red shapes picture image colour".split(" ");

/** How the vocabulary is built up: each pair of tokens that becomes one, the first that is found first. */
const MERGES = [...new Set([...WORDS.map((word) => SPACE + word), "ASSISTANT"].flatMap(mergesOf))];

/** What has a token of its own: special ones, every byte, the printable characters, and what pairs become. */
const PIECES = [
  ...SPECIAL,
  ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
  ...new Set([
    SPACE,
    ...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)),
    ...MERGES.map((merge) => merge.replace(" ", "")),
  ]),
];

/** The smallest vocabulary that holds the tokenizer. */
export const LEAST_VOCABULARY = PIECES.length + 64;

/** `t h`, `th e` for `the`: from the left, a character at a time. */
function mergesOf(word: string): string[] {
  const characters = [...word];
  return characters.slice(1).map((character, i) => `${characters.slice(0, i + 1).join("")} ${character}`);
}

/**
 * The tokenizer files of a Llama model: byte-pair encoding as sentencepiece does it, with a space before the text and bytes for what has no token.
 * It knows few words; the rest of the vocabulary stands for words that no text holds, so that every id decodes to something.
 */
export function llamaTokenizerFiles(vocabulary: number): Readonly<Record<string, object>> {
  const { image, padding } = llamaTokens(vocabulary);
  const others = Array.from({ length: image - PIECES.length }, (_, i) => `${SPACE}word${i}`);
  const added = [...SPECIAL.entries(), [image, "<image>"] as const, [padding, "<pad>"] as const];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    "tokenizer.json": {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: added.map(([id, content]) => ({ id, content, ...flags })),
      normalizer: {
        type: "Sequence",
        normalizers: [
          { type: "Prepend", prepend: SPACE },
          { type: "Replace", pattern: { String: " " }, content: SPACE },
        ],
      },
      pre_tokenizer: null,
      post_processor: {
        type: "TemplateProcessing",
        single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
        pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
        special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
      },
      decoder: {
        type: "Sequence",
        decoders: [
          { type: "Replace", pattern: { String: SPACE }, content: " " },
          { type: "ByteFallback" },
          { type: "Fuse" },
          { type: "Strip", content: " ", start: 1, stop: 0 },
        ],
      },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: "<unk>",
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: true,
        byte_fallback: true,
        vocab: Object.fromEntries([...PIECES, ...others].map((piece, id) => [piece, id])),
        merges: MERGES,
      },
    },
    "tokenizer_config.json": {
      add_bos_token: true,
      add_eos_token: false,
      added_tokens_decoder: Object.fromEntries(added.map(([id, content]) => [id, { content, ...flags }])),
      bos_token: "<s>",
      clean_up_tokenization_spaces: false,
      eos_token: "</s>",
      legacy: false,
      pad_token: "<pad>",
      tokenizer_class: "LlamaTokenizer",
      unk_token: "<unk>",
    },
  };
}
