import { createContext } from "preact";
import { useCallback, useContext, useState } from "preact/hooks";

/** What a page remembers while it is hidden, and when its window is loaded again: JSON under names. */
export interface PageState {
  readonly get: (name: string) => unknown;
  readonly set: (name: string, value: unknown) => void;
}

/** A state that lasts as long as the page: what there is outside an editor. */
function volatileState(): PageState {
  const values = new Map<string, unknown>();
  return { get: (name) => values.get(name), set: (name, value) => void values.set(name, value) };
}

export const PageStateContext = createContext<PageState>(volatileState());

/**
 * As useState, but kept in the page's state under `name`. What was kept may be of an older version, or of another run: `isValid` says whether it
 * is still good, else it is `initial` again.
 */
export function usePersisted<Value>(
  name: string,
  initial: Value,
  isValid: (kept: unknown) => kept is Value,
): readonly [Value, (value: Value) => void] {
  const page = useContext(PageStateContext);
  const [value, setValue] = useState<Value>(() => {
    const kept = page.get(name);
    return isValid(kept) ? kept : initial;
  });
  const keep = useCallback(
    (next: Value) => {
      page.set(name, next);
      setValue(() => next);
    },
    [page, name],
  );
  // A view may be handed another run, for which the value is no longer good.
  return [isValid(value) ? value : initial, keep];
}

export const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";

export function isWholeIn(least: number, most: number): (value: unknown) => value is number {
  return (value): value is number => Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

export function isOneOf<const Word extends string>(words: readonly Word[]): (value: unknown) => value is Word {
  return (value): value is Word => words.some((word) => word === value);
}
