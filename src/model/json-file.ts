import { AimError } from "#core/errors.ts";
import { BinaryFile } from "./binary-file.ts";
import { resolveInFolder } from "./model-folder.ts";

const MEBIBYTE = 2 ** 20;

/**
 * Reads the JSON file `name` of the model folder `dir`; the caller checks what it holds.
 *
 * Throws `not-found` if it is missing, `invalid-model` if it is larger than `maxBytes` (16 MiB unless told), not UTF-8 JSON or
 * outside the folder, `io` if reading fails.
 */
export function readJsonFile(dir: string, name: string, options: { maxBytes?: number } = {}): unknown {
  const { maxBytes = 16 * MEBIBYTE } = options;
  const bytes = readBounded(resolveInFolder(dir, name), maxBytes);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AimError("invalid-model", `${dir}: ${name} is not UTF-8 JSON: ${reason(cause)}`, {
      hint: "download the file again",
      cause,
    });
  }
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
