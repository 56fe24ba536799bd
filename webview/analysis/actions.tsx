import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { isCancelled } from "#core/errors.ts";
import type { ReportError } from "#core/report-document.ts";
import { Asking } from "../ui/asking.tsx";
import { Button } from "../ui/controls.tsx";
import { useEditor } from "../ui/editor.ts";
import { ErrorBanner } from "../ui/error-banner.tsx";
import { asReportError } from "../ui/report-error.ts";
import type { ShownRun } from "../ui/view.ts";

interface ActionsProps {
  readonly runs: readonly ShownRun[];
  readonly isSide: boolean;
}

/** What can be done with the runs as a whole; nothing where there is no editor to do it. */
export function Actions({ runs, isSide }: ActionsProps): VNode | null {
  const editor = useEditor();
  const [error, setError] = useState<ReportError | undefined>(undefined);
  const [isAsking, setIsAsking] = useState(false);
  const ids = runs.map(({ record }) => record.id);
  const only = runs.length === 1 ? runs[0] : undefined;
  if (!editor) return null;
  const attempt = async (action: Promise<unknown>) => {
    setError(undefined);
    try {
      await action;
    } catch (cause) {
      if (!isCancelled(cause)) setError(asReportError(cause));
    }
  };
  const compareWithFull = async ({ record }: ShownRun) => {
    setIsAsking(true);
    await attempt(editor.compareWithFull(record.id));
    setIsAsking(false);
  };
  return (
    <div class="actions">
      {isSide && <Button onClick={() => void attempt(editor.openBeside(ids))}>Open large</Button>}
      {only?.canReplay && only.record.settings.method !== "full" && (
        <Button
          isDisabled={isAsking}
          title="Asks the same question without merging and pruning, and shows both side by side"
          onClick={() => void compareWithFull(only)}
        >
          Compare with full
        </Button>
      )}
      <Button onClick={() => void attempt(editor.chooseRuns(ids))}>Compare with…</Button>
      <Button onClick={() => void attempt(editor.saveReport(ids))}>Save report</Button>
      {only && <Button onClick={() => void attempt(editor.saveRun(only.record.id))}>Save run</Button>}
      {isAsking && only && <Asking id={only.record.id} />}
      {error && <ErrorBanner error={error} />}
    </div>
  );
}
