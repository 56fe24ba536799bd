import type { ActivationFunction } from "vscode-notebook-renderer";
import theme from "../ui/theme.css";
import widgets from "../ui/widgets.css";
import comparison from "./comparison.css";
import { Output } from "./output.tsx";
import own from "./style.css";

/** What the editor calls once a page; then it hands over one output after the other, and each again whenever it changes. */
export const activate: ActivationFunction = (context) => {
  const style = new CSSStyleSheet();
  style.replaceSync(theme + widgets + own + comparison);
  document.adoptedStyleSheets.push(style);

  const outputs = new Map<string, Output>();
  const dispose = (id: string) => {
    outputs.get(id)?.dispose();
    outputs.delete(id);
  };
  return {
    renderOutputItem(item, element) {
      const output = outputs.get(item.id) ?? new Output(context.postMessage);
      outputs.set(item.id, output);
      output.show(item, element);
    },
    disposeOutputItem(id) {
      for (const each of id === undefined ? [...outputs.keys()] : [id]) dispose(each);
    },
  };
};
