import { readdir } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import {
  CompletionItem,
  CompletionItemKind,
  type CompletionItemProvider,
  MarkdownString,
  type Position,
  type TextDocument,
  workspace,
} from "vscode";
import { completionsAt } from "#notebook/language/completion.ts";
import type { Completion } from "#notebook/language/completion-item.ts";
import { type FolderEntry, type PathRequest, pathCompletions } from "#notebook/language/path-completion.ts";
import { listModels } from "../model-list.ts";
import { baseFolder, cellOf } from "../notebook/cells.ts";
import { readSettings } from "../settings.ts";
import { editorRange } from "./range.ts";

const KINDS: Readonly<Record<Completion["kind"], CompletionItemKind>> = {
  directive: CompletionItemKind.Keyword,
  option: CompletionItemKind.Property,
  word: CompletionItemKind.EnumMember,
  model: CompletionItemKind.Module,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
};

/** Characters after which the editor asks by itself. */
export const COMPLETION_TRIGGERS = ["%", " ", "=", "/", "\\", '"', "."];

export const completionProvider: CompletionItemProvider = {
  async provideCompletionItems(document: TextDocument, position: Position) {
    const named = () => listModels(readSettings(document.uri), "").filter(({ name, choice }) => name === choice);
    const models = () => named().map(({ name }) => name);
    const { items, path } = completionsAt(document.getText(), position, { models: models() });
    const paths = path ? pathCompletions(path, await listFolder(document, path)) : [];
    return [...items, ...paths].map(editorItem);
  },
};

/** What lies in the folder of a path that is being typed; nothing in a workspace that is not trusted. */
async function listFolder(document: TextDocument, { folder }: PathRequest): Promise<FolderEntry[]> {
  const cell = cellOf(document);
  if (cell === undefined || !workspace.isTrusted) return [];
  const place = isAbsolute(folder) ? folder : resolve(baseFolder(cell.notebook), folder);
  try {
    const entries = await readdir(place, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: !entry.isFile() }));
  } catch {
    return []; // the folder is still being typed
  }
}

function editorItem(completion: Completion, index: number): CompletionItem {
  const item = new CompletionItem(completion.label, KINDS[completion.kind]);
  item.detail = completion.detail;
  item.documentation = new MarkdownString(completion.documentation);
  item.filterText = completion.filterText;
  item.insertText = completion.insertText;
  item.range = editorRange(completion.range);
  item.sortText = String(index).padStart(4, "0");
  if (completion.suggestsMore) item.command = { command: "editor.action.triggerSuggest", title: "" };
  return item;
}
