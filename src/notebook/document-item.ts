import { fromBase64, toBase64 } from "#core/base64.ts";
import { isJsonMime } from "./multiline.ts";

/** One form of an output as an editor holds it. */
export interface ItemData {
  readonly mime: string;
  readonly data: Uint8Array;
}

/** True for names that an editor takes as they are; it refuses or rewrites others. */
export const isItemMime = (mime: string) => /^[^A-Z\s/;]+\/[^A-Z\s/;]+(;.+)?$/.test(mime);

/** What nbformat holds as base64. */
const isBinaryMime = (mime: string) =>
  /^(image|audio|video)\//.test(mime) ? mime !== "image/svg+xml" : mime === "application/pdf";

/** The item of a value of an nbformat bundle: text as UTF-8, base64 as its bytes, anything else as JSON text. */
export function itemOf(mime: string, value: unknown): ItemData {
  if (typeof value !== "string" || isJsonMime(mime)) return { mime, data: utf8(JSON.stringify(value)) };
  return { mime, data: (isBinaryMime(mime) ? fromBase64(value) : undefined) ?? utf8(value) };
}

/** The value of an nbformat bundle that an item stands for. */
export function itemValue({ mime, data }: ItemData): unknown {
  if (isBinaryMime(mime)) return toBase64(data);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(data);
  if (!isJsonMime(mime)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // an item that is not what its type says, made by somebody else
  }
}

/** False for a value that its item changes: base64 with line breaks, half of a surrogate pair, JSON under the type of a text. */
export function isHeld(mime: string, value: unknown): boolean {
  if (isJsonMime(mime)) return !hasNegativeZero(value);
  return typeof value === "string" && itemValue(itemOf(mime, value)) === value;
}

/** The one number of JSON that JSON.stringify does not give back. */
function hasNegativeZero(json: unknown): boolean {
  if (typeof json !== "object" || json === null) return Object.is(json, -0);
  return Object.values(json).some(hasNegativeZero);
}

/** True if both items have the same type and bytes. */
export function isSameItem(a: ItemData, b: ItemData): boolean {
  return a.mime === b.mime && a.data.length === b.data.length && a.data.every((byte, index) => byte === b.data[index]);
}

const utf8 = (text: string) => new TextEncoder().encode(text);
