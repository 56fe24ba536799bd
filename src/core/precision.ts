/**
 * How the weights of linear layers are held and multiplied: `f32` is the reference; `q8` and `q4` have blocks of 8 or 4 bits with a scale each; `int8` has
 * a scale a channel, and activations in 8 bits with a scale a token. `auto` leaves it to the model.
 */
export const PRECISIONS = ["auto", "f32", "q8", "int8", "q4"] as const;
export type PrecisionName = (typeof PRECISIONS)[number];
export type Precision = Exclude<PrecisionName, "auto">;

/** Of each part of a model: the vision tower is all products of many tokens, decoding those of one. */
export interface PartPrecisions {
  readonly vision: Precision;
  readonly decoder: Precision;
}

/** `f32`; `q4, vision int8` where the parts differ. */
export function precisionText({ vision, decoder }: PartPrecisions): string {
  return vision === decoder ? decoder : `${decoder}, vision ${vision}`;
}
