import "./style.css";
import { render } from "preact";
import { remoteAnalysis } from "#protocol/analysis-channel.ts";
import { EditorContext, ReplayContext } from "../ui/editor.ts";
import { PageStateContext } from "../ui/persisted.ts";
import { EditorState } from "./editor-state.ts";
import { AnalysisPage } from "./page.tsx";

const place = document.getElementById("aim-page");
if (place) {
  const isSide = place.dataset.place === "side";
  const vscode = acquireVsCodeApi();
  const state = new EditorState(vscode);
  const editor = remoteAnalysis({
    post: (message) => vscode.postMessage(message),
    onMessage: (listener) => {
      const onMessage = ({ data }: MessageEvent) => listener(data);
      window.addEventListener("message", onMessage);
      return () => window.removeEventListener("message", onMessage);
    },
  });
  document.addEventListener("visibilitychange", () => state.flush());
  window.addEventListener("pagehide", () => state.flush());
  let { content } = state;
  let replays: ReadonlyMap<string, string> = new Map();
  const draw = () =>
    render(
      <PageStateContext.Provider value={state}>
        <EditorContext.Provider value={editor.api}>
          <ReplayContext.Provider value={replays}>
            <AnalysisPage content={content} isSide={isSide} />
          </ReplayContext.Provider>
        </EditorContext.Provider>
      </PageStateContext.Provider>,
      place,
    );
  draw();
  editor.onEvents({
    show: (next) => {
      content = next;
      state.show(next);
      draw();
    },
    progress: (run, text) => {
      replays = new Map([...replays, [run, text]]);
      draw();
    },
  });
}
