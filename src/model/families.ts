import { AimError } from "#core/errors.ts";
import { llava } from "./families/llava/family.ts";
import { llavaOnevision } from "./families/llava-onevision/family.ts";
import type { Family } from "./family.ts";

/** The families that can be opened. */
const FAMILIES: readonly Family[] = [llavaOnevision, llava];

/** The family of a checkpoint with this config.json. Throws `unsupported`, naming what is supported. */
export function familyOf(config: Readonly<Record<string, unknown>>): Family {
  const type = config.model_type;
  const family = FAMILIES.find(({ modelTypes }) => typeof type === "string" && modelTypes.includes(type));
  if (family) return family;
  const known = FAMILIES.flatMap(({ modelTypes }) => modelTypes).join(", ");
  throw new AimError("unsupported", `unknown architecture: model_type is ${JSON.stringify(type ?? null)}`, {
    hint: `use a checkpoint in the Hugging Face layout of one of: ${known}`,
  });
}
