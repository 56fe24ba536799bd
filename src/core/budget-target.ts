import { AimError } from "./errors.ts";
import { formatFlops, formatMs, formatTimes } from "./units.ts";

/** At most so many TFLOPs or seconds, or at least so many times fewer FLOPs. Whoever asks says under which convention and up to where. */
export interface BudgetTarget {
  readonly kind: "tflops" | "times" | "seconds";
  readonly value: number;
}

/** What became of the budget of a run. */
export interface BudgetRecord {
  readonly target: BudgetTarget;
  /** What the run was expected to come to under the cuts that were chosen, in the unit of the target. */
  readonly value: number;
  /** False if nothing that a budget chooses from was expected to reach the target; the run then had what comes nearest to it. */
  readonly isReached: boolean;
}

/** The units of a budget: what each means, and the powers of ten between what is written and the value. */
const UNITS = [
  { unit: "T", kind: "tflops", power: 0 },
  { unit: "G", kind: "tflops", power: -3 },
  { unit: "M", kind: "tflops", power: -6 },
  { unit: "x", kind: "times", power: 0 },
  { unit: "s", kind: "seconds", power: 0 },
] as const satisfies readonly { unit: string; kind: BudgetTarget["kind"]; power: number }[];

/** What a budget may be: least and greatest value, both included. */
const BOUNDS: Readonly<Record<BudgetTarget["kind"], readonly [least: number, most: number]>> = {
  tflops: [1e-6, 1e6],
  times: [1, 1e6],
  seconds: [1e-3, 86_400],
};

/** The forms of a budget, for usage lines. */
export const BUDGET_FORMS = "15T|7x|2s";

/** What the units mean, for help texts. */
export const BUDGET_HELP =
  "a limit: `15T` TFLOPs (or `500G`, `20M`) of LLM prefill, `7x` times fewer of them than with all tokens (both by convention `aim`), or `2s` seconds to the first token";

/** Reads `15T`, `500G`, `20M`, `7x` or `2s`. Throws `invalid-argument`. */
export function parseBudget(text: string): BudgetTarget {
  const [, digits = "", letter = ""] = /^(\d{1,9}(?:\.\d{1,9})?)([TGMxs])$/.exec(text) ?? [];
  const found = UNITS.find(({ unit }) => unit === letter);
  if (found === undefined) {
    throw new AimError("invalid-argument", `budget must be a number and a unit, got ${JSON.stringify(text)}`, {
      hint: "write 15T, 500G or 20M (FLOPs of LLM prefill), 7x (times fewer of them) or 2s (seconds to the first token)",
    });
  }
  const { kind, power } = found;
  const value = Number(`${digits}e${power}`); // a product would be off by a rounding error
  const [least, most] = BOUNDS[kind];
  if (value >= least && value <= most) return { kind, value };
  throw new AimError("invalid-argument", `budget must be from ${range(kind)}, got ${JSON.stringify(text)}`, {
    hint: kind === "times" ? "7x is a seventh of the FLOPs; 1x cuts nothing" : "give a number above zero",
  });
}

const range = (kind: BudgetTarget["kind"]) => {
  const [least, most] = BOUNDS[kind];
  return `${formatBudget({ kind, value: least })} to ${formatBudget({ kind, value: most })}`;
};

/** The inverse of parseBudget: FLOPs in the largest unit of which they are at least one. */
export function formatBudget({ kind, value }: BudgetTarget): string {
  const units = UNITS.filter((each) => each.kind === kind);
  const fits = units.find(({ power }) => value >= 10 ** power) ?? units.at(-1);
  return `${shifted(value, -(fits?.power ?? 0))}${fits?.unit ?? ""}`;
}

/** `value` times ten to the `power`, with the digits that it is written with. */
function shifted(value: number, power: number): string {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  return String(Number(`${mantissa}e${Number(exponent) + power}`));
}

/** `14.8 TFLOPs of LLM prefill (aim)`, `7× fewer FLOPs of LLM prefill (aim)`, `2 s to the first token`: for people. */
export function budgetText({ kind, value }: BudgetTarget): string {
  if (kind === "seconds") return `${formatMs(1000 * value)} to the first token`;
  if (kind === "times") return `${formatTimes(value)} fewer FLOPs of LLM prefill (aim)`;
  return `${formatFlops(value)} of LLM prefill (aim)`;
}
