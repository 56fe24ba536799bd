import { AimError } from "#core/errors.ts";
import { recordFromJson } from "#core/record-codec.ts";
import type { ReportError } from "#core/report-document.ts";
import { runText } from "#core/settings-text.ts";
import type { AnalysisContent } from "#protocol/analysis-api.ts";
import type { ShownRun } from "../ui/view.ts";

/** What a page shows: runs that could be read, and what is wrong with the others. */
export interface PageModel {
  readonly runs: readonly ShownRun[];
  readonly errors: readonly ReportError[];
}

/** Reads the runs of `content`. One that cannot be read is named in `errors`; the others are shown. */
export function pageModel({ runs }: AnalysisContent): PageModel {
  const shown: ShownRun[] = [];
  const errors: ReportError[] = [];
  for (const [index, { run, name, hasCell, canReplay }] of runs.entries()) {
    try {
      const record = recordFromJson(run);
      shown.push({ record, name: name ?? runText(record.settings), hasCell, canReplay });
    } catch (error) {
      if (!(error instanceof AimError)) throw error;
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      errors.push({ message: `run ${index + 1} cannot be shown: ${error.message}`, ...hint });
    }
  }
  return { runs: shown, errors };
}
