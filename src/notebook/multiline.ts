import type { MimeBundle } from "./nbformat.ts";

/** A text as nbformat files hold it: lines with their line breaks, none for an empty text. */
export function splitLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** The text of a list of lines; anything else as it is. */
export function joinLines(value: unknown): unknown {
  const isLines = Array.isArray(value) && value.every((item) => typeof item === "string");
  return isLines ? value.join("") : value;
}

/** `data` with its texts as lines; base64 stays one string, JSON stays JSON. */
export function splitBundle(data: MimeBundle): MimeBundle {
  return mapValues(data, (value, mime) => (typeof value === "string" && isTextMime(mime) ? splitLines(value) : value));
}

/** `data` with its lists of lines as texts; JSON stays JSON. */
export function joinBundle(data: MimeBundle): MimeBundle {
  return mapValues(data, (value, mime) => (isJsonMime(mime) ? value : joinLines(value)));
}

export function mapValues<From, To>(
  from: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, map(value, key)]));
}

/** True for the MIME types whose data are JSON. */
export const isJsonMime = (mime: string) => /^application\/(.*\+)?json$/.test(mime);
const isTextMime = (mime: string) =>
  mime.startsWith("text/") || mime === "image/svg+xml" || mime === "application/javascript";
