import type { NotebookCell } from "vscode";
import { RUN_MIME } from "#notebook/output.ts";

/** The JSON of the run or comparison that a cell shows, unchecked: see recordsFromJson. Undefined if it shows none. */
export function runJsonOf({ outputs }: NotebookCell): unknown {
  const item = outputs.flatMap(({ items }) => items).find(({ mime }) => mime === RUN_MIME);
  if (item === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(item.data));
  } catch {
    return undefined; // somebody else's output under our name
  }
}
