import { throwIfCancelled } from "#core/errors.ts";
import { seededRandom } from "#core/random.ts";
import type { RunRecord } from "#core/record.ts";
import { chooseToken } from "#core/sample.ts";
import type { RunSettings } from "#core/settings.ts";
import { checkLogits } from "./check-logits.ts";
import type { Generation } from "./llm.ts";
import type { RunContext } from "./run-context.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface AnswerInput {
  readonly generation: Generation;
  /** [vocab] of the first token. */
  readonly firstLogits: Float32Array;
  readonly settings: RunSettings;
  /** At most as many tokens as the settings say and the context has room for. */
  readonly maxTokens: number;
  readonly stopTokens: readonly number[];
  readonly tokenizer: Tokenizer;
  /** The embedding of a token, [hidden]. */
  readonly embed: (id: number) => Float32Array;
  readonly onFirstToken: () => void;
}

export interface Answer {
  readonly text: string;
  /** Stop token not counted. */
  readonly ids: readonly number[];
  readonly finish: RunRecord["finish"];
}

/** Shown by the tokenizer where bytes of a character are still to come. */
const INCOMPLETE = "\u{FFFD}";

/** Generates token by token, telling `context.events` each piece of text. A cancellation ends it with what has been said so far. */
export async function generateAnswer(input: AnswerInput, context: RunContext): Promise<Answer> {
  const { generation, settings, tokenizer } = input;
  const random = seededRandom(settings.seed);
  const ids: number[] = [];
  let told = "";
  const end = (finish: Answer["finish"]): Answer => {
    const text = tokenizer.decode(ids);
    if (text.length > told.length) context.events.onText?.(text.slice(told.length));
    return { text: text.trim(), ids, finish };
  };
  throwIfCancelled(context.signal);
  for (let logits = input.firstLogits; ; ) {
    checkLogits(logits);
    const id = chooseToken(logits, settings, random);
    if (ids.length === 0) input.onFirstToken();
    if (input.stopTokens.includes(id)) return end("stop");
    ids.push(id);
    const text = tokenizer.decode(ids);
    if (!text.endsWith(INCOMPLETE)) {
      context.events.onText?.(text.slice(told.length));
      told = text;
    }
    context.events.onProgress?.("decode", ids.length, input.maxTokens);
    if (ids.length >= input.maxTokens) return end("length");
    await new Promise((resume) => setImmediate(resume)); // lets a cancellation arrive
    if (context.signal?.aborted) return end("cancelled");
    logits = await generation.step(input.embed(id));
  }
}
