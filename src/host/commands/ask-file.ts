import {
  commands,
  l10n,
  type Memento,
  NotebookCellData,
  NotebookCellKind,
  type NotebookDocument,
  NotebookEdit,
  TabInputCustom,
  TabInputNotebook,
  TabInputText,
  type Uri,
  ViewColumn,
  WorkspaceEdit,
  window,
  workspace,
} from "vscode";
import { AimError } from "#core/errors.ts";
import { IMAGE_EXTENSIONS, mediaKind, VIDEO_EXTENSIONS } from "#core/media-kind.ts";
import { formatQuestion } from "#notebook/cell.ts";
import { formatDirective } from "#notebook/line.ts";
import { LANGUAGE } from "../notebook/cells.ts";
import { openNewNotebook } from "./open-notebook.ts";
import { QuestionBox } from "./question-box.ts";

/** Asks a question about one file; the answer appears in a notebook beside, where more can be asked. */
export class AskAboutFile {
  readonly #questions: QuestionBox;
  /** Where the last answer went; further ones go there, too, while it is open. */
  #notebook: NotebookDocument | undefined;

  constructor(history: Memento) {
    this.#questions = new QuestionBox(history);
  }

  /** `file` is what the user clicked; without it they choose one. */
  async ask(file?: Uri): Promise<void> {
    const chosen = file ?? (await chooseFile());
    if (!chosen) return;
    const kind = mediaKind(chosen.path);
    if (kind === undefined || chosen.scheme !== "file") {
      throw new AimError("invalid-argument", `AIM cannot be asked about ${chosen.path}`, {
        hint: `choose a picture or a video on this machine (${[...IMAGE_EXTENSIONS, ...VIDEO_EXTENSIONS].join(" ")})`,
      });
    }
    const question = await this.#questions.show(l10n.t("Ask about {0}", workspace.asRelativePath(chosen)));
    if (question === undefined) return;
    await this.#run(`${formatDirective(kind, chosen.fsPath)}\n${formatQuestion(question)}`);
  }

  /** The file that the active editor shows, of whatever kind the editor is. */
  async askAboutActive(): Promise<void> {
    const input = window.tabGroups.activeTabGroup.activeTab?.input;
    const hasUri =
      input instanceof TabInputText || input instanceof TabInputCustom || input instanceof TabInputNotebook;
    const uri = hasUri ? input.uri : undefined;
    await this.ask(uri && mediaKind(uri.path) ? uri : undefined);
  }

  async #run(source: string): Promise<void> {
    const isOpen = this.#notebook && !this.#notebook.isClosed;
    const notebook =
      isOpen && this.#notebook ? await appendCell(this.#notebook, source) : await openNewNotebook([source]);
    this.#notebook = notebook;
    const editor = await window.showNotebookDocument(notebook, { viewColumn: columnFor(notebook) });
    const last = notebook.cellCount - 1;
    editor.selection = editor.selection.with({ start: last, end: last + 1 });
    editor.revealRange(editor.selection);
    await commands.executeCommand("notebook.cell.execute", {
      ranges: [{ start: last, end: last + 1 }],
      document: notebook.uri,
    });
  }
}

/** Where the notebook is already; else beside what is open, or in an empty editor group. */
function columnFor(notebook: NotebookDocument): ViewColumn {
  const shown = window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
  const isEmpty = window.tabGroups.activeTabGroup.tabs.length === 0;
  return shown?.viewColumn ?? (isEmpty ? ViewColumn.Active : ViewColumn.Beside);
}

async function appendCell(notebook: NotebookDocument, source: string): Promise<NotebookDocument> {
  const edit = new WorkspaceEdit();
  const cell = new NotebookCellData(NotebookCellKind.Code, source, LANGUAGE);
  edit.set(notebook.uri, [NotebookEdit.insertCells(notebook.cellCount, [cell])]);
  await workspace.applyEdit(edit);
  return notebook;
}

async function chooseFile(): Promise<Uri | undefined> {
  const bare = (extensions: readonly string[]) => extensions.map((extension) => extension.slice(1));
  const [file] =
    (await window.showOpenDialog({
      openLabel: l10n.t("Ask about This File"),
      filters: {
        [l10n.t("Images and videos")]: bare([...IMAGE_EXTENSIONS, ...VIDEO_EXTENSIONS]),
      },
    })) ?? [];
  return file;
}
