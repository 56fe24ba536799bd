import { type Argument, type Directive, optionOf, usage } from "../directive.ts";
import { DIRECTIVES } from "../directives.ts";
import { type DirectiveLine, quoteValue, type Span, splitDirective, textLines } from "../line.ts";
import type { Completion } from "./completion-item.ts";
import { type PathRequest, pathRequest } from "./path-completion.ts";
import { rangeOf, type TextPosition, touches } from "./text-range.ts";

export interface Completions {
  /** The likeliest first. */
  readonly items: readonly Completion[];
  /** Set where a path may stand: list its folder and add pathCompletions. */
  readonly path?: PathRequest;
}

/** What an editor knows beside the text. */
export interface CompletionContext {
  /** Names that `%model` understands. */
  readonly models: readonly string[];
}

const NOTHING: Completions = { items: [] };

/**
 * What could be written at `position` in the text of a cell: directives at the begin of a line, then their values, words and options. Nothing
 * in a question, unless the line is empty. Inside a word, the whole word is replaced. Any text and position gives a result.
 */
export function completionsAt(source: string, position: TextPosition, context: CompletionContext): Completions {
  const content = textLines(source)[position.line];
  if (content === undefined || position.character < 0 || position.character > content.length) return NOTHING;
  if (content !== "" && (!content.startsWith("%") || content.startsWith("%%") || position.character === 0)) {
    return NOTHING;
  }
  const line = splitDirective(content, position.line);
  if (position.character <= line.name.end) return { items: directiveItems(source, content, line) };
  const directive = DIRECTIVES.find(({ name }) => name === line.name.text);
  return directive ? argumentsAt({ content, line, directive, at: position.character }, context) : NOTHING;
}

/** The directives that may stand in `line`: not those that other lines say already as often as they may be said. */
function directiveItems(source: string, content: string, { line, name }: DirectiveLine): Completion[] {
  const others = textLines(source).flatMap((other, index) =>
    index !== line && other.startsWith("%") ? [splitDirective(other, index).name.text] : [],
  );
  const blank = /^[ \t]/.test(content.slice(name.end)) ? "" : " ";
  const timesSaid = (directive: Directive) => others.filter((other) => other === directive.name).length;
  const allowed = DIRECTIVES.filter((directive) => timesSaid(directive) < directive.most);
  return allowed.map((directive) => ({
    label: `%${directive.name}`,
    kind: "directive",
    detail: usage(directive),
    documentation: `${directive.help}\n\nExample: \`${directive.example}\``,
    filterText: `%${directive.name}`,
    insertText: `%${directive.name}${blank}`,
    range: rangeOf({ line, start: 0, end: name.end }),
    suggestsMore: directive.value.words.length > 0 || directive.value.files !== undefined,
  }));
}

/** A cursor behind the name of a directive. */
interface Place {
  readonly content: string;
  readonly line: DirectiveLine;
  readonly directive: Directive;
  readonly at: number;
}

function argumentsAt(place: Place, context: CompletionContext): Completions {
  const { line, directive, at } = place;
  const option = line.options.find(({ value }) => touches(value, at));
  if (option) {
    const argument = optionOf(directive, option.name.text);
    return { items: argument ? wordItems(argument, option.value) : [] };
  }
  const span = valueSpan(place);
  const options = optionItems(place);
  if (span === undefined) return { items: options };

  const { value } = directive;
  const isQuoted = place.content[span.start] === '"';
  const word = isQuoted ? span : firstWord(place.content, span);
  const words = at <= word.end ? wordItems(value, word) : [];
  if (value.files === undefined) return { items: [...words, ...options] };
  const models = value.files === "model" ? modelItems(context.models, span, isQuoted) : [];
  const path = pathRequest(value.files, place.content.slice(span.start, at), rangeOf(span));
  return { items: [...words, ...models, ...options], path };
}

/** What a value at the cursor would replace; undefined where none can stand. */
function valueSpan({ content, line, at }: Place): Span | undefined {
  const { value, unclosed, options } = line;
  const firstOption = options[0]?.name.start ?? Number.POSITIVE_INFINITY;
  if (unclosed) return { ...unclosed, start: Math.min(at, unclosed.start) };
  if (value === undefined) return at <= firstOption ? { line: line.line, start: at, end: at } : undefined;
  const isInside = content[value.start] === '"' ? at < value.end : at < firstOption;
  if (!isInside) return undefined;
  return { line: line.line, start: Math.min(at, value.start), end: Math.max(at, value.end) };
}

/** The part of `span` up to the first blank behind a word. */
function firstWord(content: string, { line, start, end }: Span): Span {
  const length = /^[ \t]*[^ \t]*/.exec(content.slice(start, end))?.[0].length ?? 0;
  return { line, start, end: start + length };
}

/** The word around the cursor, between blanks. */
function wordAt({ content, line, at }: Place): Span {
  const start = at - (/[^ \t]*$/.exec(content.slice(0, at))?.[0].length ?? 0);
  const end = at + (/^[^ \t]*/.exec(content.slice(at))?.[0].length ?? 0);
  return { line: line.line, start, end };
}

/** The options that are not given yet, where a word behind the value begins, or that of a value which is not needed. */
function optionItems(place: Place): Completion[] {
  const { content, line, directive, at } = place;
  const { value, unclosed, options } = line;
  const word = wordAt(place);
  const first = value ?? options[0]?.name;
  const isBehind = first !== undefined && first.start < word.start;
  if (unclosed || (directive.needsValue && !isBehind)) return [];
  if (value && content[value.start] === '"' && at <= value.end) return [];

  const equals = content.slice(word.start, word.end).indexOf("=");
  if (equals >= 0 && at > word.start + equals) return [];
  const end = equals >= 0 ? word.start + equals + 1 : word.end;
  const given = options.filter(({ name }) => name.start !== word.start).map(({ name }) => name.text);
  const missing = Object.entries(directive.options).filter(([name]) => !given.includes(name));
  return missing.map(([name, argument]) => ({
    label: `${name}=`,
    kind: "option",
    detail: `${name}=${argument.placeholder}`,
    documentation: argument.help,
    filterText: `${name}=`,
    insertText: `${name}=`,
    range: rangeOf({ ...word, end }),
    suggestsMore: argument.words.length > 0,
  }));
}

function wordItems({ words, help }: Argument<unknown>, span: Span): Completion[] {
  return words.map((word) => ({
    label: word,
    kind: "word",
    detail: "",
    documentation: help,
    filterText: word,
    insertText: word,
    range: rangeOf(span),
    suggestsMore: false,
  }));
}

function modelItems(models: readonly string[], span: Span, isQuoted: boolean): Completion[] {
  const possible = models.filter((model) => /^[^\r\n]+$/.test(model));
  return possible.map((model) => ({
    label: model,
    kind: "model",
    detail: "model",
    documentation: "",
    filterText: isQuoted ? `"${model}` : model,
    insertText: quoteValue(model),
    range: rangeOf(span),
    suggestsMore: false,
  }));
}
