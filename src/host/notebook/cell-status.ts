import {
  Disposable,
  EventEmitter,
  type NotebookCell,
  NotebookCellStatusBarAlignment,
  NotebookCellStatusBarItem,
  notebooks,
  workspace,
} from "vscode";
import { cellStatus, type StatusItem } from "#notebook/language/status.ts";
import type { Kernel } from "../kernel.ts";
import { editorContext } from "../language/editor-context.ts";
import { cellSources, LANGUAGE, NOTEBOOK_TYPES } from "./cells.ts";
import { runsOf } from "./run-cell.ts";

/** Shows under each cell what it runs with, and what its last run took. A click goes to where that is decided. */
export function registerCellStatus(kernel: Kernel): Disposable {
  const changed = new EventEmitter<void>();
  const provider = {
    onDidChangeCellStatusBarItems: changed.event,
    provideCellStatusBarItems: (cell: NotebookCell) => {
      if (cell.document.languageId !== LANGUAGE) return [];
      const items = cellStatus(cellSources(cell.notebook), cell.index, editorContext(kernel, cell), runsOf(cell));
      return items.map((item) => editorItem(item, cell));
    },
  };
  return Disposable.from(
    changed,
    ...NOTEBOOK_TYPES.map((type) => notebooks.registerNotebookCellStatusBarItemProvider(type, provider)),
    kernel.onDescription(() => changed.fire()),
    workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("aim") && changed.fire()),
    // A cell may set defaults for those below it.
    workspace.onDidChangeTextDocument(({ document }) => document.languageId === LANGUAGE && changed.fire()),
  );
}

function editorItem({ text, tooltip, target }: StatusItem, cell: NotebookCell): NotebookCellStatusBarItem {
  const item = new NotebookCellStatusBarItem(text, NotebookCellStatusBarAlignment.Right);
  item.tooltip = tooltip;
  if (target) {
    item.command = { title: tooltip, command: "aim.showDecision", arguments: [cell.notebook.uri, target] };
  }
  return item;
}
