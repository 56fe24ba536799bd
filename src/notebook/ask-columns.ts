import type { ComparedRun } from "#core/comparison.ts";
import { AimError, isCancelled } from "#core/errors.ts";
import type { RunRecord } from "#core/record.ts";

/** The runs of a cell that have ended. */
export interface AskedColumns {
  /** At least one. */
  readonly runs: readonly ComparedRun[];
  /** False if the user stopped them before their end; the last run may then be one that was stopped. */
  readonly isComplete: boolean;
}

/**
 * Asks the columns of a cell one after the other; `part` tells people which of several it is: `2 of 3: merge 25%`. Features of media are
 * cached, so that after the first column only the language model works.
 *
 * Rejects with the error of the first column that fails, which names it among several, and with `cancelled` if not even one has an answer.
 */
export async function askColumns<Column extends { readonly label: string }>(
  columns: readonly Column[],
  ask: (column: Column, part: string) => Promise<RunRecord>,
): Promise<AskedColumns> {
  const runs: ComparedRun[] = [];
  for (const [index, column] of columns.entries()) {
    const part = columns.length > 1 ? `${index + 1} of ${columns.length}: ${column.label}` : "";
    try {
      const record = await ask(column, part);
      runs.push({ label: column.label, record });
      if (record.finish === "cancelled") return { runs, isComplete: false };
    } catch (error) {
      if (isCancelled(error) && runs.length > 0) return { runs, isComplete: false };
      throw isCancelled(error) ? error : located(error, part);
    }
  }
  return { runs, isComplete: true };
}

function located(error: unknown, part: string): unknown {
  if (part === "" || !(error instanceof AimError)) return error;
  const { code, message, hint } = error;
  return new AimError(code, `${part}: ${message}`, { ...(hint !== undefined && { hint }), cause: error });
}
