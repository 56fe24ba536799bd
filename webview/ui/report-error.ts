import { AimError } from "#core/errors.ts";
import type { ReportError } from "#core/report-document.ts";

/** Whatever was thrown, as ErrorBanner shows it. */
export function asReportError(error: unknown): ReportError {
  if (!(error instanceof AimError)) return { message: error instanceof Error ? error.message : String(error) };
  return error.hint === undefined ? { message: error.message } : { message: error.message, hint: error.hint };
}
