import { AimError } from "#core/errors.ts";

/** A place in the text of a cell: 0-based, columns in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** A word where it stands. For a quoted value, `text` is what the quotes mean and the span includes them. */
export interface Word extends Span {
  readonly text: string;
}

/** The pieces of `%name value key=value ...`, whatever they mean. */
export interface DirectiveLine extends Span {
  /** Without its `%`, which the span includes; empty for a lone `%`. */
  readonly name: Word;
  readonly value: Word | undefined;
  readonly options: readonly { readonly name: Word; readonly value: Word }[];
  /** Text that is neither: behind a closing quote or behind an option. */
  readonly strays: readonly Word[];
  /** A value whose closing quote is missing; the rest of the line belongs to it. */
  readonly unclosed: Word | undefined;
}

const OPTION = /(?<=[ \t])([A-Za-z_]\w*)=([^ \t]*)/g;

/** The lines of a cell's text, after each of the three kinds of line breaks. */
export function textLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

/** Takes a line that starts with `%` into pieces. Any text gives a result. */
export function splitDirective(content: string, line: number): DirectiveLine {
  const nameEnd = content.search(/[ \t]|$/);
  const name = { line, start: 0, end: nameEnd, text: content.slice(1, nameEnd) };
  const directive = { line, start: 0, end: content.length, name, unclosed: undefined };

  const rest = trimmed(content, line, nameEnd, content.length);
  if (rest === undefined || content[rest.start] !== '"') {
    const { options, texts } = splitOptions(content, line, nameEnd);
    // Text behind an option is not the value, even if there is no other.
    const [value, strays] = texts[0]?.start === rest?.start ? [texts[0], texts.slice(1)] : [undefined, texts];
    return { ...directive, value, options, strays };
  }
  const close = closingQuote(content, rest.start);
  if (close === undefined) return { ...directive, value: undefined, options: [], strays: [], unclosed: rest };
  const { options, texts } = splitOptions(content, line, close + 1);
  const value = { line, start: rest.start, end: close + 1, text: unescapeQuoted(content.slice(rest.start + 1, close)) };
  return { ...directive, value, options, strays: texts };
}

/** The options of a line from column `from` on, and the texts between them. */
function splitOptions(content: string, line: number, from: number) {
  const options: { name: Word; value: Word }[] = [];
  const texts: Word[] = [];
  let at = from;
  const readTextUpTo = (end: number) => {
    const text = trimmed(content, line, at, end);
    if (text) texts.push(text);
  };
  for (const { index, 0: option, 1: name = "", 2: value = "" } of content.matchAll(OPTION)) {
    if (index < from) continue;
    readTextUpTo(index);
    at = index + option.length;
    options.push({
      name: { line, start: index, end: index + name.length, text: name },
      value: { line, start: at - value.length, end: at, text: value },
    });
  }
  readTextUpTo(content.length);
  return { options, texts };
}

/**
 * Writes a directive so that it reads back as the same name, value and options: `%video "my clip.mp4" frames=32`.
 *
 * Throws `invalid-argument` for what no line can hold: an empty value, a line break, an option value with a blank.
 */
export function formatDirective(name: string, value: string, options: Readonly<Record<string, string>> = {}): string {
  const words = Object.entries(options).map(([key, text]) => {
    if (!/^[^ \t\r\n]+$/.test(text)) {
      throw new AimError("invalid-argument", `${key} cannot be ${JSON.stringify(text)}`, { hint: "give one word" });
    }
    return `${key}=${text}`;
  });
  return [`%${name}`, quoteValue(value), ...words].join(" ");
}

/** `value` as it is, or in quotes where it would be read as something else. Throws as formatDirective does. */
export function quoteValue(value: string): string {
  if (value === "" || /[\r\n]/.test(value)) {
    const hint = "a value is one line of text: rename the file";
    throw new AimError("invalid-argument", `a cell cannot hold the value ${JSON.stringify(value)}`, { hint });
  }
  const isPlain = !/^["\t ]|[\t ]$|(^|[\t ])[A-Za-z_]\w*=/.test(value);
  return isPlain ? value : `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}

const isBlank = (char: string | undefined) => char === " " || char === "\t";

/** What content[start, end) holds between the blanks around it, if anything. */
function trimmed(content: string, line: number, start: number, end: number): Word | undefined {
  let [from, to] = [start, end];
  while (from < to && isBlank(content[from])) from++;
  while (to > from && isBlank(content[to - 1])) to--;
  return from < to ? { line, start: from, end: to, text: content.slice(from, to) } : undefined;
}

/** Where the string that opens at `open` is closed; a backslash takes the next character along. */
function closingQuote(content: string, open: number): number | undefined {
  for (let i = open + 1; i < content.length; i++) {
    if (content[i] === '"') return i;
    if (content[i] === "\\") i++;
  }
  return undefined;
}

/** What stands between quotes: only `\"` and `\\` are escapes, so that `"C:\new folder"` means what it says. */
export const unescapeQuoted = (text: string) => text.replaceAll(/\\(["\\])/g, "$1");
