import { AimError } from "./errors.ts";

/** A text token of a run: of the prompt with its template, or of the answer. */
export interface TextToken {
  /** As the tokenizer writes it alone; bytes that are no whole character show as U+FFFD. */
  readonly text: string;
  /**
   * `template` is what the chat template puts before and after the question, as far as it is the same whatever is asked. A token that the
   * question has changed, such as one with characters of both, is of the question.
   */
  readonly role: "template" | "question" | "answer";
}

/** What can be asked of the attention of a run: from which text tokens, at how many layers and heads. */
export interface AttentionTrace {
  /** The id of the run record. */
  readonly run: string;
  /**
   * The text tokens that went through the LLM, in the order of the sequence; media are left out.
   *
   * A token's attention is that of its own pass, which chose the token after it: the first token of the answer was chosen by the last one of
   * the prompt. So the last one here chose the last token of the answer, or ended it; where the answer was cut off, its last token never
   * went through and is not here.
   */
  readonly tokens: readonly TextToken[];
  readonly layers: number;
  readonly heads: number;
  /** Visual tokens that entered the LLM. */
  readonly visual: number;
}

/** From one text token, at one layer. */
export interface AttentionQuery {
  readonly run: string;
  /** Index in AttentionTrace.tokens. */
  readonly token: number;
  readonly layer: number;
}

/** The error of a run whose attention is not held: `not-found`. */
export function attentionNotHeld(run: string): AimError {
  return new AimError("not-found", `the attention of run ${run} is not held any more`, {
    hint: "ask the question again: the attention of the last runs is held while their model is open",
  });
}
