import { isObject } from "#core/json-reader.ts";

/**
 * `value` as JSON text that depends on the value alone: keys sorted by UTF-16 code unit, one space of indentation a level, as nbformat
 * writes its files. Fields that are undefined are left out.
 */
export function canonicalJson(value: unknown, newLine = "\n"): string {
  const inner = `${newLine} `;
  if (Array.isArray(value)) {
    return block(
      "[",
      value.map((item) => canonicalJson(item, inner)),
      "]",
      newLine,
    );
  }
  if (isObject(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    const fields = keys.sort().map((key) => `${JSON.stringify(key)}: ${canonicalJson(value[key], inner)}`);
    return block("{", fields, "}", newLine);
  }
  return Object.is(value, -0) ? "-0" : (JSON.stringify(value) ?? "null");
}

function block(open: string, items: readonly string[], close: string, newLine: string): string {
  if (items.length === 0) return open + close;
  return `${open}${newLine} ${items.join(`,${newLine} `)}${newLine}${close}`;
}
