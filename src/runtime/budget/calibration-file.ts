import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import type { StageSample } from "#core/cost/predicted-fit.ts";
import type { StageSamples } from "#core/cost/predicted-stages.ts";
import { STAGE_TERMS } from "#core/cost/predicted-work.ts";
import { AimError } from "#core/errors.ts";
import { finite, flag, list, object, type Reader, text, unreadable } from "#core/json-reader.ts";
import type { PartPrecisions } from "#core/precision.ts";
import { removeAbandoned } from "#library/partial-file.ts";
import { replaceFile } from "#library/replace-file.ts";
import { type Device, THREADS } from "../session.ts";

/** Changes when the terms of a stage change, or what is timed. */
const VERSION = 1;

/** How fast one machine is with one model, as it is kept. */
export interface CalibrationData {
  /** True once the short measurement was made, which tells the terms of prefill apart. */
  readonly isProbed: boolean;
  readonly samples: StageSamples;
}

/** Everything that a measured time depends on: the machine, its threads, the model, how its weights are held, the device. */
export function calibrationKey(model: {
  readonly identity: string;
  readonly precision: PartPrecisions;
  readonly device: Device;
}): string {
  const processors = cpus();
  const { vision, decoder } = model.precision;
  const machine = [platform(), arch(), processors[0]?.model ?? "", processors.length, THREADS];
  return [VERSION, ...machine, model.identity, vision, decoder, model.device].join(" | ");
}

/** The file of `key` in `folder`. */
export function calibrationPath(folder: string, key: string): string {
  return join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
}

/** What was kept for `key`; undefined for a file that is not there, is damaged, or is of something else: then measuring begins anew. */
export function readCalibration(folder: string, key: string): CalibrationData | undefined {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(calibrationPath(folder, key), "utf8"));
  } catch {
    return undefined; // not there, or cut: it costs a measurement
  }
  try {
    const file = calibrationFile(json, "calibration");
    return file.key === key ? file : undefined;
  } catch (error) {
    if (error instanceof AimError) return undefined;
    throw error;
  }
}

/** Keeps `data` whole or not at all. A disk that fails costs the next process a measurement, not this one its answer. */
export async function writeCalibration(folder: string, key: string, data: CalibrationData): Promise<void> {
  try {
    mkdirSync(folder, { recursive: true });
    removeAbandoned(folder);
    await replaceFile(calibrationPath(folder, key), (partial) =>
      writeFileSync(partial, `${JSON.stringify({ key, ...data })}\n`),
    );
  } catch {
    // a full or read-only disk
  }
}

/** Samples of a stage: as many amounts of work as it has terms, none negative, and a time above 0. */
function samplesOf(terms: readonly unknown[]): Reader<readonly StageSample[]> {
  const sample = object<StageSample>({ work: list(finite), ms: finite });
  return list((value, path) => {
    const read = sample(value, path);
    const isWhole = read.work.length === terms.length && read.work.every((amount) => amount >= 0) && read.ms > 0;
    if (!isWhole) throw unreadable(path, `${terms.length} amounts and a time above 0`, value);
    return read;
  });
}

const calibrationFile = object<CalibrationData & { readonly key: string }>({
  key: text,
  isProbed: flag,
  samples: object<StageSamples>({
    media: samplesOf(STAGE_TERMS.media),
    vision: samplesOf(STAGE_TERMS.vision),
    merge: samplesOf(STAGE_TERMS.merge),
    prefill: samplesOf(STAGE_TERMS.prefill),
    other: samplesOf(STAGE_TERMS.other),
    decode: samplesOf(STAGE_TERMS.decode),
  }),
});
