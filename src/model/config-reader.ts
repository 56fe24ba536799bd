import { z } from "zod";
import { AimError } from "#core/errors.ts";

/** Checks a piece of the JSON file `file` against `schema`. Throws `invalid-model` naming file, field and what was found there. */
export function readConfigPart<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  value: unknown,
  where = "",
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const way = first?.path ?? [];
  const field = [where, ...way].filter((part) => part !== "").join(".");
  const found = JSON.stringify(
    way.reduce<unknown>(
      (part, key) => (typeof part === "object" && part !== null ? Reflect.get(part, key) : undefined),
      value,
    ),
  );
  throw new AimError(
    "invalid-model",
    `${file}: ${field}: ${first?.message.toLowerCase() ?? "not as expected"}, found ${found?.slice(0, 80) ?? "nothing"}`,
    {
      hint: "the file may be damaged or of another kind of model: download the checkpoint again",
      cause: result.error,
    },
  );
}

/** A whole number of at least 1. */
export const count = z
  .int()
  .min(1)
  .max(2 ** 24);
