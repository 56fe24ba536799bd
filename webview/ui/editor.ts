import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { AnalysisApi } from "#protocol/analysis-api.ts";

/** The editor behind a page; undefined where there is none, as in an HTML report. */
export const EditorContext = createContext<AnalysisApi | undefined>(undefined);

/** What the page can ask of the editor. Without one, a view leaves out what it needs it for. */
export function useEditor(): AnalysisApi | undefined {
  return useContext(EditorContext);
}

/** How far the replay of a run is, as text; undefined while there is none. */
export const ReplayContext = createContext<ReadonlyMap<string, string>>(new Map());

export function useReplayProgress(run: string): string | undefined {
  return useContext(ReplayContext).get(run);
}
