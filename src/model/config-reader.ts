import { z } from "zod";
import { AimError } from "#core/errors.ts";

/** Checks a piece of config.json against `schema`. Throws `invalid-model` naming the field and what was found there. */
export function readConfigPart<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const field = [where, ...(first?.path ?? [])].join(".");
  throw new AimError("invalid-model", `config.json: ${field}: ${first?.message.toLowerCase() ?? "not as expected"}`, {
    hint: "the file may be damaged or of another kind of model: download the checkpoint again, or run aim inspect on it",
  });
}

/** A whole number of at least 1. */
export const count = z.int().min(1).max(2 ** 24);
