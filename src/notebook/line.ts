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

/** Takes a line that starts with `%` into pieces. Any text gives a result. */
export function splitDirective(content: string, line: number): DirectiveLine {
  const word = (start: number, end: number, text = content.slice(start, end)): Word => ({ line, start, end, text });
  const nameEnd = content.search(/[ \t]|$/);
  const name = word(0, nameEnd, content.slice(1, nameEnd));
  const directive = {
    line,
    start: 0,
    end: content.length,
    name,
    value: undefined,
    options: [],
    strays: [],
    unclosed: undefined,
  };

  const [first, last] = trim(content, nameEnd, content.length);
  const isQuoted = content[first] === '"';
  const close = isQuoted ? closingQuote(content, first) : undefined;
  if (isQuoted && close === undefined) return { ...directive, unclosed: word(first, last) };

  let at = close === undefined ? first : close + 1;
  const options: { name: Word; value: Word }[] = [];
  const texts: Word[] = [];
  const readTextUpTo = (end: number) => {
    const [from, to] = trim(content, at, end);
    if (from < to) texts.push(word(from, to));
  };
  for (const match of content.matchAll(OPTION)) {
    if (match.index < at) continue;
    const [whole, key = ""] = match;
    readTextUpTo(match.index);
    const equals = match.index + key.length;
    at = match.index + whole.length;
    options.push({ name: word(match.index, equals), value: word(equals + 1, at) });
  }
  readTextUpTo(content.length);

  if (close !== undefined) {
    return {
      ...directive,
      value: word(first, close + 1, unescapeQuoted(content.slice(first + 1, close))),
      options,
      strays: texts,
    };
  }
  const value = texts[0]?.start === first ? texts.shift() : undefined;
  return { ...directive, value, options, strays: texts };
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

/** [start, end) of what is left of content[start, end) without blanks around it. */
function trim(content: string, start: number, end: number): [start: number, end: number] {
  let [from, to] = [start, end];
  while (from < to && isBlank(content[from])) from++;
  while (to > from && isBlank(content[to - 1])) to--;
  return [from, to];
}

/** Where the string that opens at `open` is closed; a backslash takes the next character along. */
function closingQuote(content: string, open: number): number | undefined {
  for (let i = open + 1; i < content.length; i++) {
    if (content[i] === '"') return i;
    if (content[i] === "\\") i++;
  }
  return undefined;
}

/** Only `\"` and `\\` are escapes, so that `"C:\new folder"` means what it says. */
const unescapeQuoted = (text: string) => text.replaceAll(/\\(["\\])/g, "$1");
