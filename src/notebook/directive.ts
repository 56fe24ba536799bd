import type { PrecisionName } from "#core/precision.ts";
import type { DeviceName, MediaReference, SettingsPatch } from "#core/settings.ts";
import type { SaidColumn } from "./column.ts";

/** What directives say. A key that is absent was not said. */
export interface CellSettings {
  readonly media?: readonly MediaReference[];
  readonly model?: string;
  readonly device?: DeviceName;
  readonly precision?: PrecisionName;
  readonly visionPrecision?: PrecisionName;
  readonly patch?: SettingsPatch;
  /** A column of a comparison. */
  readonly column?: SaidColumn;
}

/** One argument of a directive: its value, or one of its options. */
export interface Argument<Value> {
  /** How usage lines show it: `PATH` or `4..7`. */
  readonly placeholder: string;
  /** What it means, in a few words. */
  readonly help: string;
  /** Words that an editor offers; all that are allowed, or those that stand beside a number. */
  readonly words: readonly string[];
  /** What the paths lead to that an editor offers. */
  readonly files?: "image" | "video" | "model";
  /** Throws `invalid-argument`. */
  readonly read: (text: string) => Value;
}

/** A row of the table, with the types of its value and options. */
interface Row<Value, Options> {
  /** What stands behind the `%`. */
  readonly name: string;
  /** One or two sentences for hover and completion. */
  readonly help: string;
  readonly example: string;
  /** How often a cell may say it; once by default. */
  readonly most?: number;
  readonly value: Argument<Value>;
  readonly options?: { readonly [Name in keyof Options]: Argument<Options[Name]> };
  /** Throws `invalid-argument` for arguments that contradict each other. */
  readonly settings: (value: Value, options: Partial<Options>) => CellSettings;
  /** What options say alone; absent where a value is needed. */
  readonly settingsWithoutValue?: (options: Partial<Options>) => CellSettings;
}

/** Reads the argument that was written as `option`, or as the value if that is undefined; gives undefined if there is none. */
export type ReadArgument = <Value>(option: string | undefined, argument: Argument<Value>) => Value | undefined;

/** A row as the parser, completion and hover see it: the same whatever its types. */
export interface Directive {
  readonly name: string;
  readonly help: string;
  readonly example: string;
  readonly most: number;
  /** False where options may stand alone. */
  readonly needsValue: boolean;
  readonly value: Argument<unknown>;
  readonly options: Readonly<Record<string, Argument<unknown>>>;
  /** What it says with these arguments; nothing without a value that is needed. Throws as `read` and Row.settings do. */
  readonly settings: (read: ReadArgument) => CellSettings;
}

/** Makes a row one of a table in which every row has types of its own. */
export function row<Value, Options>(spec: Row<Value, Options>): Directive {
  const settings = (read: ReadArgument): CellSettings => {
    const value = read(undefined, spec.value);
    const options: Partial<Options> = {};
    for (const name in spec.options) {
      const option = read(name, spec.options[name]);
      if (option !== undefined) options[name] = option;
    }
    return value === undefined ? (spec.settingsWithoutValue?.(options) ?? {}) : spec.settings(value, options);
  };
  const needsValue = spec.settingsWithoutValue === undefined;
  return { ...spec, most: spec.most ?? 1, needsValue, options: spec.options ?? {}, settings };
}

/** The option `name` of `directive`, if it has one. */
export function optionOf({ options }: Directive, name: string): Argument<unknown> | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

/** `%video PATH [frames=32] [start=1:20] [end=2:00]` */
export function usage({ name, value, needsValue, options }: Directive): string {
  const shown = Object.entries(options).map(([option, { placeholder }]) => `[${option}=${placeholder}]`);
  return [`%${name}`, needsValue ? value.placeholder : `[${value.placeholder}]`, ...shown].join(" ");
}
