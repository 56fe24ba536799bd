import { type ParsedCell, parseCell } from "./cell.ts";

const MOST = 2000;
const known = new Map<string, ParsedCell>();

/** parseCell, remembered: an editor asks for every cell under all cells above it, again with each key that is pressed. */
export function parsedCell(source: string): ParsedCell {
  const before = known.get(source);
  if (before) return before;
  if (known.size >= MOST) known.clear();
  const parsed = parseCell(source);
  known.set(source, parsed);
  return parsed;
}
