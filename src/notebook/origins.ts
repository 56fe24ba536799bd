import type { HeardCell } from "./cascade.ts";
import type { CellDirective } from "./read-directive.ts";

/** A line that says a directive. */
export interface Origin {
  /** Index among all cells of the notebook. */
  readonly cell: number;
  readonly said: CellDirective;
}

/**
 * The lines that say any of the directives `names` to the last of `heard` (see heardCells), without those that have errors. The nearest cell
 * comes first, and in each cell the first line: of directives that are said once, the first counts and overrides the others.
 */
export function originsOf(heard: readonly HeardCell[], names: readonly string[]): Origin[] {
  return heard
    .toReversed()
    .flatMap(({ cell, parsed }) =>
      parsed.directives
        .filter(({ directive, errors }) => directive && names.includes(directive.name) && errors.length === 0)
        .map((said) => ({ cell, said })),
    );
}
