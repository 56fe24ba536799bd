import { Hover, type HoverProvider, MarkdownString } from "vscode";
import { hoverAt } from "#notebook/language/hover.ts";
import type { Kernel } from "../kernel.ts";
import { cellOf, cellSources } from "../notebook/cells.ts";
import { editorContext } from "./editor-context.ts";
import { editorRange } from "./range.ts";

export function hoverProvider(kernel: Kernel): HoverProvider {
  return {
    provideHover(document, position) {
      const cell = cellOf(document);
      if (cell === undefined) return undefined;
      const hover = hoverAt(cellSources(cell.notebook), cell.index, position, editorContext(kernel, cell));
      return hover && new Hover(new MarkdownString(hover.markdown), editorRange(hover.range));
    },
  };
}
