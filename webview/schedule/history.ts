import type { Cut } from "#core/cost/planner.ts";
import { isObject } from "#core/json-reader.ts";

/** A Cut, and which control made it. */
interface Edit {
  readonly cut: Cut;
  readonly by: string;
}

/** What the user has made of the schedule, the last edit last; empty where nothing was changed. */
export type History = readonly Edit[];

const MOST_EDITS = 100;

/** Adds an edit. Several in a row by one control, as dragging makes them, are one. */
export function edited(history: History, cut: Cut, by: string): History {
  const before = history.at(-1)?.by === by ? history.slice(0, -1) : history;
  return [...before, { cut, by }].slice(-MOST_EDITS);
}

/** Whether a value that was kept is a history for a model of `layers` layers. */
export function isHistoryOf(layers: number): (value: unknown) => value is History {
  return (value): value is History =>
    Array.isArray(value) &&
    value.every((edit) => isObject(edit) && typeof edit.by === "string" && isCut(edit.cut, layers));
}

function isCut(value: unknown, layers: number): value is Cut {
  if (!isObject(value)) return false;
  const { retention, prune } = value;
  return typeof retention === "number" && retention > 0 && retention <= 1 && isPrune(prune, layers);
}

function isPrune(value: unknown, layers: number): value is Cut["prune"] {
  if (value === "off") return true;
  if (!isObject(value)) return false;
  const isLayer = (layer: unknown): layer is number => Number.isInteger(layer) && Number(layer) >= 0;
  if (value.kind === "linear") {
    const { firstLayer, lastLayer } = value;
    return isLayer(firstLayer) && isLayer(lastLayer) && firstLayer < layers && firstLayer < lastLayer;
  }
  const { kind, steps } = value;
  const isStep = (step: unknown) => isObject(step) && isLayer(step.layer) && typeof step.retention === "number";
  return kind === "steps" && Array.isArray(steps) && steps.length > 0 && steps.every(isStep);
}
