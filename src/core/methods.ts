import { AimError } from "./errors.ts";
import type { Method } from "./method.ts";
import { aim } from "./methods/aim.ts";
import { downsample } from "./methods/downsample.ts";
import { fastv } from "./methods/fastv.ts";
import { full } from "./methods/full.ts";
import { pdrop } from "./methods/pdrop.ts";
import { random } from "./methods/random.ts";
import { vtw } from "./methods/vtw.ts";

/** Every method, the default first. */
export const METHODS = [aim, full, fastv, pdrop, vtw, random, downsample] as const satisfies readonly Method[];

export type MethodName = (typeof METHODS)[number]["name"];
export const METHOD_NAMES: readonly MethodName[] = METHODS.map(({ name }) => name);

/** Throws `invalid-argument` for a name that is no method's. */
export function methodOf(name: MethodName): Method {
  const method = METHODS.find((candidate) => candidate.name === name);
  if (method) return method;
  throw new AimError("invalid-argument", `unknown method, got ${JSON.stringify(name)}`, {
    hint: `choose one of ${METHOD_NAMES.join(", ")}`,
  });
}
