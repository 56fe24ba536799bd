import { AimError } from "#core/errors.ts";
import { PRECISIONS } from "#core/precision.ts";
import { parseWord } from "#core/settings.ts";
import type { CheckReport } from "./run-self-check.ts";
import { selfCheck } from "./self-check.ts";

process.once("disconnect", () => process.exit(1)); // whoever wanted to know has ended

const [folder = "", precision = ""] = process.argv.slice(2);
const report: CheckReport = await selfCheck(folder, parseWord("precision", precision, PRECISIONS)).then(
  () => ({ isUsable: true }),
  (error: unknown) => ({
    isUsable: false,
    ...(error instanceof AimError
      ? { code: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) }
      : { code: "invalid-model", message: error instanceof Error ? error.message : String(error) }),
  }),
);
process.send?.(report, () => process.exit(0));
