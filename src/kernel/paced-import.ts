import type { ImportStage } from "#core/model-import.ts";

/** Some ten messages a second: bytes come in pieces of a few kilobytes, of which a large model has a million. */
const INTERVAL_MS = 100;

type Tell = (stage: ImportStage, done: number, total: number) => void;

/** Hands the progress of an import on at a pace that an editor can follow; the beginning and the end of a stage are told at once. */
export function pacedImport(tell: Tell, nowMs: () => number = () => performance.now()): Tell {
  let told: { readonly stage: ImportStage; readonly atMs: number } | undefined;
  return (stage, done, total) => {
    const atMs = nowMs();
    if (told?.stage === stage && done < total && atMs - told.atMs < INTERVAL_MS) return;
    told = { stage, atMs };
    tell(stage, done, total);
  };
}
