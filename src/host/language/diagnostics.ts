import {
  CodeAction,
  CodeActionKind,
  type CodeActionProvider,
  Diagnostic,
  type DiagnosticCollection,
  DiagnosticSeverity,
  Disposable,
  languages,
  type NotebookCell,
  type NotebookDocument,
  WorkspaceEdit,
  workspace,
} from "vscode";
import {
  cellDiagnostics,
  type FileFacts,
  type Diagnostic as Finding,
  type Fix,
  notebookDiagnostics,
} from "#notebook/language/diagnostics.ts";
import { cellOf, cellSources, LANGUAGE } from "../notebook/cells.ts";
import { fileFacts } from "./file-facts.ts";
import { editorRange } from "./range.ts";

/** Typing is looked at after so long a pause. */
const PAUSE_MS = 200;

const SEVERITIES = { error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning } as const;

/** Marks what is wrong with the cells of open notebooks, as they are typed, and offers what mends it. */
export class CellDiagnostics implements CodeActionProvider {
  readonly #collection: DiagnosticCollection = languages.createDiagnosticCollection("aim");
  readonly #pending = new Map<NotebookDocument, NodeJS.Timeout>();
  readonly #facts = new WeakMap<NotebookDocument, FileFacts>();
  readonly #disposable: Disposable;

  constructor() {
    this.#disposable = Disposable.from(
      this.#collection,
      languages.registerCodeActionsProvider(LANGUAGE, this, { providedCodeActionKinds: [CodeActionKind.QuickFix] }),
      workspace.onDidOpenNotebookDocument((notebook) => this.#schedule(notebook)),
      workspace.onDidChangeNotebookDocument(({ notebook }) => this.#schedule(notebook)),
      workspace.onDidChangeTextDocument(({ document }) => this.#schedule(cellOf(document)?.notebook)),
      workspace.onDidSaveNotebookDocument((notebook) => this.#schedule(notebook)),
      workspace.onDidCreateFiles(() => this.#scheduleAll()),
      workspace.onDidDeleteFiles(() => this.#scheduleAll()),
      workspace.onDidRenameFiles(() => this.#scheduleAll()),
      workspace.onDidGrantWorkspaceTrust(() => this.#scheduleAll()),
      workspace.onDidCloseNotebookDocument((notebook) => this.#forget(notebook)),
    );
    this.#scheduleAll();
  }

  dispose(): void {
    for (const timer of this.#pending.values()) clearTimeout(timer);
    this.#disposable.dispose();
  }

  provideCodeActions(...[document, range]: Parameters<CodeActionProvider["provideCodeActions"]>): CodeAction[] {
    const cell = cellOf(document);
    if (cell === undefined) return [];
    const here = this.#findings(cell).filter((finding) => editorRange(finding.range).intersection(range));
    return here.flatMap((finding) => finding.fixes.map((fix, index) => action(cell, finding, fix, index === 0)));
  }

  #findings(cell: NotebookCell): Finding[] {
    const facts = this.#facts.get(cell.notebook) ?? { missing: new Set() };
    return cellDiagnostics(cellSources(cell.notebook), cell.index, facts);
  }

  #scheduleAll(): void {
    for (const notebook of workspace.notebookDocuments) this.#schedule(notebook);
  }

  #schedule(notebook: NotebookDocument | undefined): void {
    if (notebook === undefined || !hasOurCells(notebook)) return;
    clearTimeout(this.#pending.get(notebook));
    this.#pending.set(
      notebook,
      setTimeout(() => void this.#mark(notebook), PAUSE_MS),
    );
  }

  async #mark(notebook: NotebookDocument): Promise<void> {
    this.#pending.delete(notebook);
    const facts = await fileFacts(notebook);
    if (notebook.isClosed) return;
    this.#facts.set(notebook, facts);
    const findings = notebookDiagnostics(cellSources(notebook), facts);
    for (const [index, cell] of notebook.getCells().entries()) {
      this.#collection.set(cell.document.uri, findings[index]?.map(editorDiagnostic));
    }
  }

  #forget(notebook: NotebookDocument): void {
    clearTimeout(this.#pending.get(notebook));
    this.#pending.delete(notebook);
    for (const cell of notebook.getCells()) this.#collection.delete(cell.document.uri);
  }
}

const hasOurCells = (notebook: NotebookDocument) =>
  notebook.getCells().some(({ document }) => document.languageId === LANGUAGE);

function editorDiagnostic({ range, severity, message, hint }: Finding): Diagnostic {
  const text = hint === "" ? message : `${message}\n${hint}`;
  const diagnostic = new Diagnostic(editorRange(range), text, SEVERITIES[severity]);
  diagnostic.source = "AIM";
  return diagnostic;
}

function action({ document }: NotebookCell, finding: Finding, fix: Fix, isPreferred: boolean): CodeAction {
  const made = new CodeAction(fix.title, CodeActionKind.QuickFix);
  made.diagnostics = [editorDiagnostic(finding)];
  made.isPreferred = isPreferred;
  made.edit = new WorkspaceEdit();
  made.edit.replace(document.uri, editorRange(fix.range), fix.text);
  return made;
}
