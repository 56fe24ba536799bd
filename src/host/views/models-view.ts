import {
  Disposable,
  type Event,
  EventEmitter,
  type ExtensionContext,
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  Uri,
  window,
  workspace,
} from "vscode";
import { formatBytes } from "#core/units.ts";
import { formatParameters, type ModelFacts, modelFacts } from "../model-facts.ts";
import { type ListedModel, listModels } from "../model-list.ts";
import { readSettings } from "../settings.ts";

/** The list of models at the side. It looks at their folders when it is in sight; no kernel is started for it. */
export class ModelsView implements TreeDataProvider<ListedModel>, Disposable {
  readonly #embedded: string;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChangeTreeData: Event<void> = this.#changed.event;
  readonly #disposable: Disposable;

  constructor({ extensionUri }: ExtensionContext) {
    this.#embedded = Uri.joinPath(extensionUri, "media", "demo-model").fsPath;
    this.#disposable = Disposable.from(
      this.#changed,
      window.createTreeView("aim.models", { treeDataProvider: this }),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("aim.model") || change.affectsConfiguration("aim.modelFolders")) this.refresh();
      }),
      workspace.onDidGrantWorkspaceTrust(() => this.refresh()), // its settings count now
    );
  }

  dispose(): void {
    this.#disposable.dispose();
  }

  /** Looks at the folders again. */
  refresh(): void {
    this.#changed.fire();
  }

  getChildren(model?: ListedModel): ListedModel[] {
    return model ? [] : listModels(readSettings(), this.#embedded);
  }

  async getTreeItem(model: ListedModel): Promise<TreeItem> {
    const facts = await modelFacts(model.folder);
    const problem = model.isEmpty ? l10n.t("there is no checkpoint in this folder") : (model.problem ?? facts.problem);
    const figures = [
      ...(model.isDefault ? [l10n.t("default")] : []),
      ...(problem === undefined ? [] : [problem]),
      ...(model.precision === undefined ? [] : [model.precision]),
      ...figuresOf(facts),
    ];
    const item = new TreeItem(model.name);
    item.id = `${model.source} ${model.entry ?? ""} ${model.folder}`;
    item.description = figures.join(" · ");
    item.iconPath = iconOf(model, problem);
    item.tooltip = tooltip(model, figures);
    item.contextValue = [
      "model",
      model.source,
      model.isDefault ? "default" : "other",
      problem === undefined ? "usable" : "unusable",
    ].join(" ");
    item.accessibilityInformation = { label: [model.name, ...figures].join(", ") };
    return item;
  }
}

function figuresOf({ family, parameters, sizeBytes }: ModelFacts): readonly string[] {
  return [
    ...(parameters === undefined ? [] : [formatParameters(parameters)]),
    ...(sizeBytes === 0 ? [] : [formatBytes(sizeBytes)]),
    ...(family === undefined ? [] : [family]),
  ];
}

function iconOf({ isDefault }: ListedModel, problem: string | undefined): ThemeIcon {
  if (problem !== undefined) return new ThemeIcon("warning", new ThemeColor("list.warningForeground"));
  return new ThemeIcon(isDefault ? "star-full" : "symbol-misc");
}

/** Names come from folders that anybody may have made, so that none of it may act as Markdown. */
function tooltip({ name, folder, source }: ListedModel, figures: readonly string[]): MarkdownString {
  const shown = new MarkdownString("**").appendText(name).appendMarkdown("**\n\n");
  if (source === "embedded") shown.appendText(l10n.t("Comes with the extension; knows drawings of coloured shapes"));
  else shown.appendText(folder);
  shown.appendMarkdown("\n\n");
  for (const figure of figures) shown.appendMarkdown("- ").appendText(figure).appendMarkdown("\n");
  return shown;
}
