import {
  Disposable,
  EventEmitter,
  type NotebookCell,
  type NotebookCellOutput,
  NotebookCellStatusBarAlignment,
  NotebookCellStatusBarItem,
  notebooks,
  workspace,
} from "vscode";
import { recordsFromJson } from "#core/comparison.ts";
import { cellStatus, type RunFigures, type StatusItem } from "#notebook/language/status.ts";
import type { Kernel } from "../kernel.ts";
import { editorContext } from "../language/editor-context.ts";
import { cellSources, LANGUAGE, NOTEBOOK_TYPES } from "./cells.ts";
import { runJsonOf } from "./run-json.ts";

/** What was read of outputs: the editor asks again with every change of a notebook. */
const known = new WeakMap<NotebookCellOutput, readonly RunFigures[]>();

/** Shows under each cell what it runs with, and what its last run took. A click goes to where that is decided. */
export function registerCellStatus(kernel: Kernel): Disposable {
  const changed = new EventEmitter<void>();
  const provider = {
    onDidChangeCellStatusBarItems: changed.event,
    provideCellStatusBarItems: (cell: NotebookCell) => {
      if (cell.document.languageId !== LANGUAGE) return [];
      const items = cellStatus(cellSources(cell.notebook), cell.index, editorContext(kernel, cell), figuresOf(cell));
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

function figuresOf(cell: NotebookCell): readonly RunFigures[] {
  const [output] = cell.outputs;
  if (output === undefined) return [];
  const figures = known.get(output) ?? readFigures(cell);
  known.set(output, figures);
  return figures;
}

function readFigures(cell: NotebookCell): readonly RunFigures[] {
  const json = runJsonOf(cell);
  try {
    if (json === undefined) return [];
    return recordsFromJson(json).map(({ cost, timeMs, device, precision, cachedFrames }) => ({
      ...{ cost, timeMs, device, precision, cachedFrames },
    }));
  } catch {
    return []; // the output itself says what is wrong with it
  }
}

function editorItem({ text, tooltip, target }: StatusItem, cell: NotebookCell): NotebookCellStatusBarItem {
  const item = new NotebookCellStatusBarItem(text, NotebookCellStatusBarAlignment.Right);
  item.tooltip = tooltip;
  if (target) {
    item.command = { title: tooltip, command: "aim.showDecision", arguments: [cell.notebook.uri, target] };
  }
  return item;
}
