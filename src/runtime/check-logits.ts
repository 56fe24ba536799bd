import { AimError } from "#core/errors.ts";

/** Throws `invalid-model` for logits [vocab] that choose nothing: values that are not finite, or the same for every token. */
export function checkLogits(logits: Float32Array): void {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of logits) {
    if (!Number.isFinite(value)) throw unusable(`hold ${value}`);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least >= most) throw unusable(`are ${least} for every token`);
}

function unusable(what: string): AimError {
  return new AimError("invalid-model", `the model's logits ${what}`, {
    hint: "its weights are damaged, or do not bear this precision: use another one, such as --precision f32, or import the model again",
  });
}
