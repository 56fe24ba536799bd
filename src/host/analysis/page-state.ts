import { AimError } from "#core/errors.ts";
import { isObject } from "#core/json-reader.ts";

/** The runs of a page's own state, which holds them whole, so that it can be restored without the history. */
export function idsOfState(state: unknown, bring: (run: unknown) => string): readonly string[] {
  const content = isObject(state) ? state.content : undefined;
  const runs: readonly unknown[] = isObject(content) && Array.isArray(content.runs) ? content.runs : [];
  return runs.flatMap((shown) => {
    try {
      return isObject(shown) ? [bring(shown.run)] : [];
    } catch (error) {
      if (error instanceof AimError) return []; // of another version
      throw error;
    }
  });
}
