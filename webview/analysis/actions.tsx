import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ReportError } from "#core/report-document.ts";
import { Button } from "../ui/controls.tsx";
import { useEditor } from "../ui/editor.ts";
import { ErrorBanner } from "../ui/error-banner.tsx";
import { asReportError } from "../ui/report-error.ts";

interface ActionsProps {
  /** Ids of the runs that the page shows. */
  readonly runs: readonly string[];
  readonly isSide: boolean;
}

/** What can be done with the runs as a whole; nothing where there is no editor to do it. */
export function Actions({ runs, isSide }: ActionsProps): VNode | null {
  const editor = useEditor();
  const [error, setError] = useState<ReportError | undefined>(undefined);
  if (!editor) return null;
  const attempt = (action: Promise<unknown>) => {
    setError(undefined);
    action.catch((cause: unknown) => setError(asReportError(cause)));
  };
  const [first = ""] = runs;
  return (
    <div class="actions">
      {isSide && <Button onClick={() => attempt(editor.openBeside(runs))}>Open large</Button>}
      <Button onClick={() => attempt(editor.chooseRuns(runs))}>Compare with…</Button>
      <Button onClick={() => attempt(editor.saveReport(runs))}>Save report</Button>
      {runs.length === 1 && <Button onClick={() => attempt(editor.saveRun(first))}>Save run</Button>}
      {error && <ErrorBanner error={error} />}
    </div>
  );
}
