import { Template } from "@huggingface/jinja";
import { z } from "zod";
import { AimError } from "#core/errors.ts";
import { readOptionalJson, readOptionalText } from "#model/json-file.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** A question as the LLM gets it: token ids, with one placeholder id for each medium. */
export interface Prompt {
  readonly ids: readonly number[];
  /** Which of `ids` hold the question: all but those that stand at the beginning and at the end whatever is asked. */
  readonly question: { readonly start: number; readonly end: number };
  /** Text tokens of the question that had to go so that the prompt fits. */
  readonly cutTokens: number;
}

/** Stands for the question while the template is rendered; no template and no user writes it. */
const MARK = "\u{F8FF}question\u{F8FF}";

/** Questions that begin and end differently, so that what a prompt has in common with both is the template's. */
const OTHER_QUESTIONS = ["0", "x"];

const templateFile = z.object({ chat_template: z.string() });

/** Renders questions by a checkpoint's chat template. */
export class PromptWriter {
  readonly #template: Template;
  readonly #tokenizer: Tokenizer;

  private constructor(template: Template, tokenizer: Tokenizer) {
    this.#template = template;
    this.#tokenizer = tokenizer;
  }

  /** The template of chat_template.jinja, chat_template.json or tokenizer_config.json, in this order. Throws `invalid-model`. */
  static open(dir: string, tokenizer: Tokenizer): PromptWriter {
    const plain = readOptionalText(dir, "chat_template.jinja");
    if (plain !== undefined) return new PromptWriter(parseTemplate(plain, dir), tokenizer);
    for (const name of ["chat_template.json", "tokenizer_config.json"]) {
      const file = templateFile.safeParse(readOptionalJson(dir, name));
      if (file.success) return new PromptWriter(parseTemplate(file.data.chat_template, dir), tokenizer);
    }
    throw new AimError("invalid-model", `${dir} has no chat template`, {
      hint: "add chat_template.json from the model's page to the folder",
    });
  }

  /**
   * The ids of a question about the given media, at most `maxTokens` of them: a longer question loses its end.
   * Whatever the question says, it adds no special token. Throws `out-of-context` if not even an empty question fits.
   */
  write(question: string, media: readonly ("image" | "video")[], maxTokens: number): Prompt {
    const [before, after] = this.#frame(media);
    const encode = (text: string) => this.#encode(before, text, after);
    const others = OTHER_QUESTIONS.map(encode);
    const whole = encode(question);
    if (whole.length <= maxTokens) return { ids: whole, question: questionSpan(whole, others), cutTokens: 0 };
    const characters = [...question];
    let [fits, tooLong] = [0, characters.length];
    while (tooLong - fits > 1) {
      const middle = Math.floor((fits + tooLong) / 2);
      if (encode(characters.slice(0, middle).join("")).length <= maxTokens) fits = middle;
      else tooLong = middle;
    }
    const ids = encode(characters.slice(0, fits).join(""));
    if (ids.length <= maxTokens) {
      return { ids, question: questionSpan(ids, others), cutTokens: whole.length - ids.length };
    }
    throw new AimError(
      "out-of-context",
      `the media leave ${Math.max(0, maxTokens)} tokens for the question, too few for any`,
      {
        hint: "take fewer frames or pictures, or merge more (--frames 8, --merge 25%)",
      },
    );
  }

  /** What the template puts before and after the question. */
  #frame(media: readonly ("image" | "video")[]): readonly [before: string, after: string] {
    const content = [...media.map((type) => ({ type })), { type: "text", text: MARK }];
    const rendered = this.#template.render({ messages: [{ role: "user", content }], add_generation_prompt: true });
    const [before, after, ...more] = rendered.split(MARK);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new AimError("invalid-model", "the chat template does not hold the question once", {
        hint: "download chat_template.json again",
      });
    }
    return [before, after];
  }

  #encode(before: string, question: string, after: string): number[] {
    const text = before + question + after;
    const breaks = this.#tokenizer.specialBreaks(question).map((at) => before.length + at);
    const starts = [0, ...breaks];
    const ids = starts.flatMap((start, i) => this.#tokenizer.encode(text.slice(start, starts[i + 1])));
    const { prefix } = this.#tokenizer;
    return prefix.every((id, i) => ids[i] === id) ? ids : [...prefix, ...ids];
  }
}

/**
 * The tokens between those that stand at the beginning and at the end of the prompt whatever is asked. Tokenizers do not say where their tokens
 * lie in a text, and may change it before they cut it, so this is found by asking something else.
 */
function questionSpan(ids: readonly number[], others: readonly (readonly number[])[]): Prompt["question"] {
  const atStart = others.map((other) => commonLength(ids, other));
  const atEnd = others.map((other) => commonLength(ids.toReversed(), other.toReversed()));
  const start = Math.min(...atStart);
  return { start, end: Math.max(start, ids.length - Math.min(...atEnd)) };
}

/** How many values two lists begin with in common. */
function commonLength(a: readonly number[], b: readonly number[]): number {
  const first = a.findIndex((value, index) => value !== b[index]);
  return first < 0 ? a.length : first;
}

function parseTemplate(text: string, dir: string): Template {
  try {
    return new Template(text);
  } catch (cause) {
    throw new AimError("invalid-model", `${dir}: the chat template cannot be read`, {
      hint: "download the file again",
      cause,
    });
  }
}
