import type { VNode } from "preact";
import { Asking } from "../ui/asking.tsx";
import { Button } from "../ui/controls.tsx";
import { ErrorBanner } from "../ui/error-banner.tsx";
import type { ShownRun } from "../ui/view.ts";
import type { AttentionState } from "./use-attention.ts";

interface AttentionNoticeProps {
  readonly run: ShownRun;
  readonly state: AttentionState;
  readonly onReplay: () => void;
  readonly onRetry: () => void;
}

/** Why there is no attention to see, and what can be done about it; nothing where it is there or on its way. */
export function AttentionNotice({ run, state, onReplay, onRetry }: AttentionNoticeProps): VNode | null {
  if (state.kind === "ready" || state.kind === "asking") return null;
  if (state.kind === "failed") {
    return (
      <div class="heat-notice">
        <ErrorBanner error={state.error} />
        <Button onClick={onRetry}>Retry</Button>
      </div>
    );
  }
  if (state.kind === "missing") return <Missing canReplay={run.canReplay} onReplay={onReplay} />;
  return <Asking id={run.record.id} />;
}

function Missing({ canReplay, onReplay }: { canReplay: boolean; onReplay: () => void }): VNode {
  return (
    <div class="heat-notice">
      <p>
        The kernel holds the attention of its last runs only, and this is none of them any more.{" "}
        {canReplay
          ? "Asked again with the same settings and seed, the question gives the same attention."
          : "Its question cannot be asked again, because its media or its model is not at hand."}
      </p>
      {canReplay && (
        <Button appearance="primary" onClick={onReplay}>
          Ask again to read its attention
        </Button>
      )}
    </div>
  );
}
