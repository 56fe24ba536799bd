import { AimError } from "#core/errors.ts";
import { isObject, object, optional, type Reader, text } from "#core/json-reader.ts";
import type { RunRecord } from "#core/record.ts";
import { recordFromJson, recordToJson } from "#core/record-codec.ts";

/** What a run is called outside the program that made it. */
export const RUN_FILE_EXTENSION = ".aimrun";

/** A larger file is not read: hundreds of frames through a model of 7 billion parameters take a few megabytes. */
export const MOST_RUN_FILE_BYTES = 256e6;

const FORMAT = "aim-run";
const VERSION = 1;

/** A run as it is given to others: nothing in it tells of the machine that it comes from. */
export interface SharedRun {
  /** The user's. */
  readonly name?: string;
  /** The notebook that asked, as a person would name it: never a path from the root. */
  readonly notebook?: string;
  readonly record: RunRecord;
}

/** The text of a `.aimrun` file. What else `run` has is left out. */
export function runFileText(run: SharedRun): string {
  return JSON.stringify(sharedToJson(run));
}

/** What both a `.aimrun` file and the history hold of a run. */
export function sharedToJson({ name, notebook, record }: SharedRun): Readonly<Record<string, unknown>> {
  return {
    format: FORMAT,
    version: VERSION,
    ...(name !== undefined && { name }),
    ...(notebook !== undefined && { notebook }),
    record: recordToJson(record),
  };
}

/** Reads a `.aimrun` file from anybody. Throws `invalid-argument`, saying what is wrong; paths in it are left out, whoever wrote them. */
export function readRunFile(content: string): SharedRun {
  return sharedRun(parseJson(content), "run");
}

/** Reads what sharedToJson made. */
export const sharedRun: Reader<SharedRun> = (value, path) => {
  if (!isObject(value) || value.format !== FORMAT) {
    throw new AimError("invalid-argument", "the file does not hold a run", {
      hint: `choose a file that AIM exported (*${RUN_FILE_EXTENSION})`,
    });
  }
  if (value.version !== VERSION) {
    throw new AimError(
      "invalid-argument",
      `the file has version ${JSON.stringify(value.version)} of the format, not ${VERSION}`,
      { hint: "open it with the version of AIM that wrote it, or a newer one" },
    );
  }
  return shared(value, path);
};

const record: Reader<RunRecord> = (value) => recordFromJson(value);

const shared = object<SharedRun>({ name: optional(text), notebook: optional(text), record });

/** Throws `invalid-argument` for what is no JSON. */
export function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new AimError("invalid-argument", "the file is not JSON", {
      hint: "it was cut or edited: export the run again",
      cause,
    });
  }
}
