import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { AttentionTrace } from "#core/attention-trace.ts";
import { AimError, isCancelled } from "#core/errors.ts";
import type { ReportError } from "#core/report-document.ts";
import { useEditor } from "../ui/editor.ts";
import { asReportError } from "../ui/report-error.ts";
import { AttentionRows } from "./attention-rows.ts";

/** How far the page is with the attention of a run. `version` counts up with every row that arrives. */
export type AttentionState =
  | { readonly kind: "asking" }
  /** The kernel does not hold it. */
  | { readonly kind: "missing" }
  | { readonly kind: "replaying" }
  | { readonly kind: "failed"; readonly error: ReportError }
  | { readonly kind: "ready"; readonly rows: AttentionRows; readonly version: number };

interface Attention {
  readonly state: AttentionState;
  /** Asks the question of the run again. */
  readonly replay: () => void;
  readonly retry: () => void;
}

/** Where the trace of a run comes from. */
type Stage =
  | { readonly kind: "asking" | "missing" | "replaying" }
  | { readonly kind: "failed"; readonly error: ReportError }
  | { readonly kind: "held"; readonly trace: AttentionTrace };

/** The attention of `run`, asked for once it is wanted. `isDrawn`: see AttentionRows. */
export function useAttention(run: string, isDrawn: Uint8Array, isWanted: boolean): Attention {
  const editor = useEditor();
  const [stage, setStage] = useState<Stage>({ kind: "asking" });
  const [version, setVersion] = useState(0);

  const onError = useCallback((error: unknown) => {
    if (error instanceof AimError && error.code === "not-found") setStage({ kind: "missing" });
    else if (isCancelled(error)) setStage({ kind: "missing" });
    else setStage({ kind: "failed", error: asReportError(error) });
  }, []);

  const isAsking = isWanted && stage.kind === "asking";
  const isReplaying = stage.kind === "replaying";
  useEffect(() => {
    const asked = isAsking ? editor?.attentionTrace(run) : isReplaying ? editor?.replay(run) : undefined;
    let isStale = false;
    asked?.then(
      (trace) => isStale || setStage({ kind: "held", trace }),
      (error: unknown) => isStale || onError(error),
    );
    return () => {
      isStale = true;
    };
  }, [editor, run, isAsking, isReplaying, onError]);

  const trace = stage.kind === "held" ? stage.trace : undefined;
  const rows = useMemo(() => {
    if (!editor || !trace) return undefined;
    const onRows = () => setVersion((count) => count + 1);
    return new AttentionRows({ trace, fetch: editor.attention, isDrawn, onRows, onError, whenIdle });
  }, [editor, trace, isDrawn, onError]);
  useEffect(() => () => rows?.stop(), [rows]);

  const replay = useCallback(() => setStage({ kind: "replaying" }), []);
  const retry = useCallback(() => setStage({ kind: "asking" }), []);
  const state = useMemo((): AttentionState => {
    if (stage.kind !== "held") return stage;
    return rows ? { kind: "ready", rows, version } : { kind: "asking" };
  }, [stage, rows, version]);
  return { state, replay, retry };
}

/** Loading ahead waits for a moment in which the page has nothing to do, but not for long. */
function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in window) window.requestIdleCallback(() => resolve(), { timeout: 100 });
    else setTimeout(resolve);
  });
}
