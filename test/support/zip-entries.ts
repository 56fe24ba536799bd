import { readFileSync } from "node:fs";

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;

/**
 * The names of the files in a ZIP file without a comment, in its order.
 *
 * Source: PKWARE, APPNOTE.TXT 4.3.12 and 4.3.16.
 */
export function zipEntries(file: string): string[] {
  const bytes = readFileSync(file);
  const end = bytes.length - END_BYTES;
  if (bytes.readUInt32LE(end) !== END_SIGNATURE) throw new Error(`${file} is not a ZIP file without a comment`);
  const names: string[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
    const [name = 0, extra = 0, comment = 0] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    names.push(bytes.toString("utf8", at + ENTRY_BYTES, at + ENTRY_BYTES + name));
    at += ENTRY_BYTES + name + extra + comment;
  }
  return names;
}
