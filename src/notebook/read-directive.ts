import { checkBudget, type SaidCut } from "#core/budget-rules.ts";
import { AimError } from "#core/errors.ts";
import { type CellSettings, type Directive, type ReadArgument, usage } from "./directive.ts";
import { DIRECTIVES } from "./directives.ts";
import type { DirectiveLine, Span, Word } from "./line.ts";
import { nearest } from "./nearest.ts";

/** What is wrong at a place of a cell. */
export interface CellError extends Span {
  readonly message: string;
  readonly hint?: string;
  /** What was probably meant: the text to put in place of the span. */
  readonly suggestion?: string;
  /** What mends it when it is taken away. */
  readonly surplus?: Span;
}

/** A directive: as written, what it is and what it says. */
export interface CellDirective extends DirectiveLine {
  /** Its row of the table; undefined for a name that no row has. */
  readonly directive: Directive | undefined;
  /** Empty if anything is wrong with the line. */
  readonly settings: CellSettings;
  /** In the order of the line. */
  readonly errors: readonly CellError[];
}

/** Reads a line that was taken into pieces; `above` are the directives of the same cell that stand before it. Never throws. */
export function readDirective(line: DirectiveLine, above: readonly CellDirective[]): CellDirective {
  const directive = DIRECTIVES.find(({ name }) => name === line.name.text);
  if (directive === undefined) return { ...line, directive, settings: {}, errors: [unknownName(line.name)] };

  const before = above.filter((other) => other.directive === directive).length;
  const errors = [
    ...(before >= directive.most ? [repeated(line.name, `%${directive.name}`, line, directive.most)] : []),
    ...checkValue(line, directive),
    ...checkOptions(line, directive),
  ];
  const settings = readSettings(line, directive, errors);
  if (errors.length === 0) errors.push(...contradictions(line, settings, above));
  errors.sort((a, b) => a.start - b.start);
  return { ...line, directive, settings: errors.length === 0 ? settings : {}, errors };
}

/** What the arguments say; whatever is wrong with them is added to `errors`. */
function readSettings(line: DirectiveLine, directive: Directive, errors: CellError[]): CellSettings {
  const attempt = <T>(span: Span, action: () => T, suggestion?: () => string | undefined): T | undefined => {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof AimError)) throw error;
      errors.push(errorAt(span, error.message, error.hint, suggestion?.()));
      return undefined;
    }
  };
  const read: ReadArgument = (option, argument) => {
    const word = option === undefined ? line.value : line.options.find(({ name }) => name.text === option)?.value;
    if (word === undefined || word.text === "") return undefined;
    return attempt(
      word,
      () => argument.read(word.text),
      () => nearest(word.text, argument.words),
    );
  };
  return attempt(line, () => directive.settings(read)) ?? {};
}

/** A budget beside what it contradicts: the later of two lines is wrong. */
function contradictions(line: DirectiveLine, settings: CellSettings, above: readonly CellDirective[]): CellError[] {
  const patches: SaidCut[] = [...above, { settings }].map((each) => each.settings.patch ?? {});
  const said: SaidCut = Object.assign({}, ...patches);
  try {
    checkBudget(said, (word) => `%${word}`);
    return [];
  } catch (error) {
    if (!(error instanceof AimError)) throw error;
    const { start, end } = line;
    return [{ ...errorAt(line, error.message, error.hint), surplus: { line: line.line, start, end } }];
  }
}

function checkValue({ name, value, options, strays, unclosed }: DirectiveLine, directive: Directive): CellError[] {
  if (unclosed) {
    const hint = 'inside quotes, write \\" for a quote and \\\\ for a backslash';
    return [errorAt(unclosed, 'the closing " is missing', hint)];
  }
  const hint = `write ${usage(directive)}, for example ${directive.example}`;
  const isBare = value === undefined && strays.length === 0 && (directive.needsValue || options.length === 0);
  const needed = directive.needsValue ? "a value" : "a value or an option";
  const isMissing = isBare || value?.text === "";
  const missing = isMissing ? [errorAt(value ?? name, `%${directive.name} needs ${needed}`, hint)] : [];
  return [...missing, ...strays.map((stray) => errorAt(stray, `unexpected ${JSON.stringify(stray.text)}`, hint))];
}

function checkOptions({ options }: DirectiveLine, directive: Directive): CellError[] {
  const known = Object.keys(directive.options);
  return options.flatMap(({ name, value }, index) => {
    if (!known.includes(name.text)) return [unknownOption(name, directive)];
    const whole = { ...name, end: value.end };
    const first = options.findIndex((other) => other.name.text === name.text);
    if (first < index) return [repeated(name, `${name.text}=`, whole)];
    if (value.text !== "") return [];
    return [errorAt(whole, `${name.text}= needs a value`, `write ${usage(directive)}`)];
  });
}

function unknownName(name: Word): CellError {
  const names = DIRECTIVES.map((directive) => directive.name);
  const suggestion = nearest(name.text, names);
  const message = name.text === "" ? "a directive needs a name" : `unknown directive %${name.text}`;
  const hint = `choose one of ${names.map((each) => `%${each}`).join(", ")}, or write \\% to begin a question with a percent sign`;
  return errorAt(name, message, hint, suggestion && `%${suggestion}`);
}

function unknownOption(name: Word, directive: Directive): CellError {
  const known = Object.keys(directive.options);
  const choice = known.length > 0 ? `it has ${known.map((each) => `${each}=`).join(", ")}` : "it has none";
  const hint = `${choice}; if this belongs to the value, put the value in quotes`;
  return errorAt(name, `%${directive.name} has no option ${name.text}=`, hint, nearest(name.text, known));
}

function repeated(span: Span, what: string, { line, start, end }: Span, most = 1): CellError {
  const [times, counts] = most === 1 ? ["twice", "one counts"] : [`more than ${most} times`, `${most} count`];
  const error = errorAt(span, `${what} is given ${times}`, `the first ${counts}; remove the others`);
  return { ...error, surplus: { line, start, end } };
}

function errorAt({ line, start, end }: Span, message: string, hint?: string, suggestion?: string): CellError {
  return { line, start, end, message, ...(hint && { hint }), ...(suggestion && { suggestion }) };
}
