/**
 * The up to `count` of `names` that agree with `wanted` in most dotted parts, counted from both ends; for "did you mean".
 *
 * Ties keep the order of `names`; names that agree in nothing are left out.
 */
export function nearNames(wanted: string, names: Iterable<string>, count = 3): string[] {
  const parts = wanted.split(".");
  const reversed = parts.toReversed();
  return [...names]
    .map((name) => {
      const other = name.split(".");
      return { name, agreement: commonStart(parts, other) + commonStart(reversed, other.toReversed()) };
    })
    .filter(({ agreement }) => agreement > 0)
    .sort((a, b) => b.agreement - a.agreement)
    .slice(0, count)
    .map(({ name }) => name);
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  const end = a.findIndex((part, i) => part !== b[i]);
  return end === -1 ? a.length : end;
}
