import type { DeviceName, MediaReference, PrecisionName, SettingsPatch } from "#core/settings.ts";

/** What directives say. A key that is absent was not said. */
export interface CellSettings {
  readonly media?: readonly MediaReference[];
  readonly model?: string;
  readonly device?: DeviceName;
  readonly precision?: PrecisionName;
  readonly patch?: SettingsPatch;
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
  /** True if a cell may say it several times. */
  readonly isRepeatable?: true;
  readonly value: Argument<Value>;
  readonly options?: { readonly [Name in keyof Options]: Argument<Options[Name]> };
  /** Throws `invalid-argument` for arguments that contradict each other. */
  readonly settings: (value: Value, options: Partial<Options>) => CellSettings;
}

/** Reads the argument that was written as `option`, or as the value if that is undefined; gives undefined if there is none. */
export type ReadArgument = <Value>(option: string | undefined, argument: Argument<Value>) => Value | undefined;

/** A row as the parser, completion and hover see it: the same whatever its types. */
export interface Directive {
  readonly name: string;
  readonly help: string;
  readonly example: string;
  readonly isRepeatable: boolean;
  readonly value: Argument<unknown>;
  readonly options: Readonly<Record<string, Argument<unknown>>>;
  /** What it says with these arguments; nothing without a value. Throws as `read` and Row.settings do. */
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
    return value === undefined ? {} : spec.settings(value, options);
  };
  return { ...spec, isRepeatable: spec.isRepeatable ?? false, options: spec.options ?? {}, settings };
}

/** The option `name` of `directive`, if it has one. */
export function optionOf({ options }: Directive, name: string): Argument<unknown> | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

/** `%video PATH [frames=32] [start=1:20] [end=2:00]` */
export function usage({ name, value, options }: Directive): string {
  const shown = Object.entries(options).map(([option, { placeholder }]) => `[${option}=${placeholder}]`);
  return [`%${name}`, value.placeholder, ...shown].join(" ");
}
