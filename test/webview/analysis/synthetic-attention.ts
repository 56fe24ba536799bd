import type { AttentionQuery, AttentionTrace, TextToken } from "#core/attention-trace.ts";
import type { RunRecord } from "#core/record.ts";

/** Tokens as a tokenizer would cut the question and the answer of `record`, in a short template. */
export function syntheticTrace({ id, question, answer, model, visual }: RunRecord): AttentionTrace {
  const pieces = (text: string, role: TextToken["role"]): TextToken[] =>
    (text.match(/\s?\S{1,7}/g) ?? []).map((piece) => ({ text: piece, role }));
  const tokens = [
    ...pieces("<|im_start|>user\n", "template"),
    ...pieces(question, "question"),
    ...pieces("<|im_end|><|im_start|>assistant\n", "template"),
    ...pieces(answer, "answer"),
  ];
  return { run: id, tokens, layers: model.decoder.layers, heads: model.decoder.heads, visual: visual.count };
}

/** [heads, visual] Probabilities that depend on token, layer, head and place, in every way smooth; NaN where a token is gone. */
export function syntheticAttention({ model, visual }: RunRecord, { token, layer }: AttentionQuery): Float32Array {
  const { heads } = model.decoder;
  const { count, lastLayer } = visual;
  const rows = new Float32Array(heads * count);
  for (let head = 0; head < heads; head++) {
    const centre = (0.13 * token + 0.07 * layer + 0.29 * head) % 1;
    for (let i = 0; i < count; i++) {
      const distance = Math.abs(((i / count - centre + 1.5) % 1) - 0.5);
      const value =
        (1 / count) * (0.05 + 8 * Math.exp(-90 * distance ** 2) + 2 * Math.exp(-2000 * (distance - 0.2) ** 2));
      rows[head * count + i] = (lastLayer[i] ?? 0) >= layer ? value / 3 : Number.NaN;
    }
  }
  return rows;
}
