import type { VNode } from "preact";
import type { ReportError } from "#core/report-document.ts";

/** What went wrong, and what to do next. */
export function ErrorBanner({ error }: { error: ReportError }): VNode {
  return (
    <div class="error" role="note" aria-label="Error">
      <p>{error.message}</p>
      {error.hint !== undefined && <p class="hint">{error.hint}</p>}
    </div>
  );
}
