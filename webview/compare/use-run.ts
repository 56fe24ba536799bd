import { usePersisted } from "../ui/persisted.ts";
import type { NumberedRun } from "./model.ts";

/** A run that the user chooses by its number, remembered by its record; `initial` until then, and where it is no longer among `runs`. */
export function useRun(
  name: string,
  runs: readonly NumberedRun[],
  initial: NumberedRun,
): readonly [NumberedRun, (number: string) => void] {
  const [id, setId] = usePersisted(name, "", (value) => typeof value === "string");
  const chosen = runs.find(({ record }) => record.id === id) ?? initial;
  return [chosen, (number) => setId(runs.find((run) => String(run.number) === number)?.record.id ?? "")];
}
