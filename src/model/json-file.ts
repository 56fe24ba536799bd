import { existsSync } from "node:fs";
import { join } from "node:path";
import { AimError } from "#core/errors.ts";
import { BinaryFile } from "./binary-file.ts";
import { resolveInFolder } from "./model-folder.ts";

const MOST_BYTES = 16 * 2 ** 20;

/**
 * Reads the JSON file `name` of the model folder `dir`; the caller checks what it holds.
 *
 * Throws `not-found` if it is missing, `invalid-model` if it is larger than `maxBytes` (16 MiB unless told), not UTF-8 JSON or
 * outside the folder, `io` if reading fails.
 */
export function readJsonFile(dir: string, name: string, options: { maxBytes?: number } = {}): unknown {
  const text = readText(dir, name, options.maxBytes ?? MOST_BYTES);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notReadable(dir, name, "JSON", cause);
  }
}

/** As readJsonFile, but undefined for a file that is not there. */
export function readOptionalJson(dir: string, name: string): unknown {
  return existsSync(join(dir, name)) ? readJsonFile(dir, name) : undefined;
}

/** The text of a file of the folder, undefined if it is not there. Throws as readJsonFile. */
export function readOptionalText(dir: string, name: string): string | undefined {
  return existsSync(join(dir, name)) ? readText(dir, name, MOST_BYTES) : undefined;
}

function readText(dir: string, name: string, maxBytes: number): string {
  const bytes = readBounded(resolveInFolder(dir, name), maxBytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notReadable(dir, name, "UTF-8", cause);
  }
}

function notReadable(dir: string, name: string, form: string, cause: unknown): AimError {
  return new AimError("invalid-model", `${dir}: ${name} is not ${form}: ${reason(cause)}`, {
    hint: "download the file again",
    cause,
  });
}

/** True for a JSON object, so not for null or a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readBounded(path: string, maxBytes: number): Uint8Array {
  const file = new BinaryFile(path);
  try {
    if (file.sizeBytes > maxBytes) {
      throw new AimError("invalid-model", `${path}: has ${file.sizeBytes} bytes, at most ${maxBytes} are read`, {
        hint: "this cannot be the right file: download it again",
      });
    }
    return file.read(0, new Uint8Array(file.sizeBytes));
  } finally {
    file.close();
  }
}

const reason = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
