import { AimError } from "./errors.ts";

/** Checks and copies one part of a JSON value; throws `invalid-argument` with `path` where it is not as it should be. */
export type Reader<T> = (value: unknown, path: string) => T;

/** A required key needs a reader of its type; an optional one may read `undefined`, and is then left out. */
type ObjectShape<T> = {
  readonly [K in keyof T]-?: Reader<Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K]>;
};

/** The error of a value that is not what `path` must hold. */
export function unreadable(path: string, must: string, value: unknown, cause?: unknown): AimError {
  const shown = JSON.stringify(value) ?? String(value);
  const short = shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
  const hint = "the data was cut, edited or written by another version: make it again";
  return new AimError("invalid-argument", `${path} must be ${must}, got ${short}`, { hint, cause });
}

/** Any string. */
export const text: Reader<string> = (value, path) => {
  if (typeof value !== "string") throw unreadable(path, "a text", value);
  return value;
};

/** Any number but NaN and the infinities, which JSON cannot hold. */
export const finite: Reader<number> = (value, path) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw unreadable(path, "a number", value);
  return value;
};

/** True or false. */
export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw unreadable(path, "true or false", value);
  return value;
};

/** A whole number within [least, most]. */
export function whole(least: number, most: number): Reader<number> {
  return (value, path) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
      throw unreadable(path, `a whole number in [${least}, ${most}]`, value);
    }
    return value;
  };
}

/** One of the given words. */
export function word<Word extends string>(words: readonly Word[]): Reader<Word> {
  return (value, path) => {
    const found = words.find((candidate) => candidate === value);
    if (found === undefined) throw unreadable(path, `one of ${words.join(", ")}`, value);
    return found;
  };
}

/** An array of which every item is read by `item`. */
export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw unreadable(path, "a list", value);
    return value.map((one, index) => item(one, `${path}[${index}]`));
  };
}

/** What `reader` reads, or `undefined` where there is nothing. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : reader(value, path));
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object with the keys of `shape`; other keys are left out. */
export function object<T extends object>(shape: ObjectShape<T>): Reader<T> {
  return (value, path) => {
    if (!isObject(value)) throw unreadable(path, "an object", value);
    const read = (key: string, reader: Reader<unknown>) =>
      reader(Object.hasOwn(value, key) ? value[key] : undefined, `${path}.${key}`);
    const entries = Object.entries<Reader<unknown>>(shape).map(([key, reader]) => [key, read(key, reader)] as const);
    // The shape has a reader for every key of T, which the compiler cannot see through fromEntries.
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined)) as T;
  };
}
