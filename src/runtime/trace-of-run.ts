import type { TextToken } from "#core/attention-trace.ts";
import type { Attended } from "./llm.ts";
import type { Prompt } from "./prompt.ts";
import type { FinishedRun } from "./run-record.ts";
import { RunTrace } from "./run-trace.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** What a trace needs of a run beside what its record is made of. */
export interface AttendedRun extends FinishedRun {
  readonly prompt: Prompt;
  /** Undefined where traces are not kept. */
  readonly attended: Attended | undefined;
}

/** The trace of the run with the record `id`; undefined where nothing was kept of it. */
export function traceOfRun(id: string, run: AttendedRun, tokenizer: Tokenizer): RunTrace | undefined {
  const { checkpoint, sequence, prefill, attended } = run;
  if (attended === undefined) return undefined;
  return new RunTrace({
    run: id,
    tokens: textTokens(run, attended, tokenizer),
    decoder: checkpoint.model.decoder,
    isText: sequence.isText,
    entered: prefill.entered,
    attended,
  });
}

/** In the order of the sequence: the prompt's tokens without its placeholders, then those of the answer that were fed. */
function textTokens(
  { checkpoint, prompt, answer }: AttendedRun,
  attended: Attended,
  tokenizer: Tokenizer,
): TextToken[] {
  const { ids, question } = prompt;
  const placeholders = Object.values(checkpoint.model.placeholders);
  const asked = ids.flatMap((id, index): TextToken[] => {
    if (placeholders.includes(id)) return [];
    const isQuestion = index >= question.start && index < question.end;
    return [{ text: tokenizer.textOf(id), role: isQuestion ? "question" : "template" }];
  });
  const fed = answer.ids.slice(0, attended.queries.length - 1); // the first of the graph's runs is the prompt's
  return [...asked, ...fed.map((id): TextToken => ({ text: tokenizer.textOf(id), role: "answer" }))];
}
