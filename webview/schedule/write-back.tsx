import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ReportError } from "#core/report-document.ts";
import type { CellReduction } from "#protocol/analysis-api.ts";
import { Button } from "../ui/controls.tsx";
import { useEditor } from "../ui/editor.ts";
import { ErrorBanner } from "../ui/error-banner.tsx";
import { asReportError } from "../ui/report-error.ts";
import type { ShownRun } from "../ui/view.ts";
import { directivesOf } from "./model.ts";

interface WriteBackProps {
  readonly run: ShownRun;
  readonly reduction: CellReduction;
}

/** The plan as directives, and the ways to get them into a cell. */
export function WriteBack({ run, reduction }: WriteBackProps): VNode {
  const editor = useEditor();
  const [done, setDone] = useState<string | undefined>(undefined);
  const [error, setError] = useState<ReportError | undefined>(undefined);
  const text = directivesOf(reduction, run.record).join("\n");
  const attempt = async (action: Promise<void>, what: string, meanwhile?: string) => {
    setError(undefined);
    setDone(meanwhile);
    try {
      await action;
      setDone(`${what}: ${text.replaceAll("\n", ", ")}`);
    } catch (cause) {
      setDone(undefined);
      setError(asReportError(cause));
    }
  };
  const write = async () => editor && (await attempt(editor.writeToCell(run.record.id, reduction, false), "Written"));
  /** The page then shows the new run. */
  const writeAndRun = async () =>
    editor && (await attempt(editor.writeToCell(run.record.id, reduction, true), "Written and run", "The cell runs…"));
  return (
    <section class="write-back" aria-label="Directives of the plan">
      <pre>{text}</pre>
      <div class="control-row">
        {editor && run.hasCell ? (
          <>
            <Button appearance="primary" onClick={() => void writeAndRun()}>
              Write and run
            </Button>
            <Button onClick={() => void write()}>Write to cell</Button>
          </>
        ) : (
          <Button onClick={() => void attempt(navigator.clipboard.writeText(text), "Copied")}>Copy</Button>
        )}
      </div>
      <p class="write-done" aria-live="polite">
        {done}
      </p>
      {error && <ErrorBanner error={error} />}
    </section>
  );
}
