import {
  Disposable,
  type Event,
  EventEmitter,
  l10n,
  MarkdownString,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  window,
  workspace,
} from "vscode";
import { formatBytes, formatCount } from "#core/units.ts";
import { totalBytes } from "#runs/limit.ts";
import type { RunEntry } from "#runs/run-entry.ts";
import { runFacts } from "#runs/run-facts.ts";
import { type GroupKey, groupRuns, type RunGroup, type RunNode, runsIn } from "#runs/run-groups.ts";
import type { RunHistory } from "../run-history.ts";
import { readSettings } from "../settings.ts";

/** The list of runs at the side. It reads the history when it is in sight. */
export class RunsView implements TreeDataProvider<RunNode>, Disposable {
  readonly #history: RunHistory;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChangeTreeData: Event<void> = this.#changed.event;
  readonly #tree: TreeView<RunNode>;
  readonly #disposable: Disposable;

  constructor(history: RunHistory) {
    this.#history = history;
    this.#tree = window.createTreeView("aim.runs", {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.#disposable = Disposable.from(
      this.#tree,
      this.#changed,
      history.onChange(() => this.refresh()),
      workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("aim.runs") && this.refresh()),
    );
  }

  dispose(): void {
    this.#disposable.dispose();
  }

  /** Reads the history again; another window may have changed it. */
  refresh(): void {
    this.#changed.fire();
  }

  /**
   * The runs that a command is meant for: those of the nodes that the user has selected, or of the one that was clicked if it is not among
   * them. Each once, in the order of the list.
   */
  chosen(clicked?: RunNode, selected?: readonly RunNode[]): readonly RunEntry[] {
    const nodes = selected ?? (clicked ? [clicked] : this.#tree.selection);
    const runs = nodes.flatMap(runsIn);
    return [...new Map(runs.map((entry) => [entry.id, entry])).values()];
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (node) return node.kind === "group" ? [...node.children] : [];
    const entries = await this.#history.list();
    this.#tree.description = entries.length === 0 ? "" : usage(entries);
    return [...groupRuns(entries)];
  }

  getTreeItem(node: RunNode): TreeItem {
    return node.kind === "group" ? groupItem(node) : runItem(node.entry);
  }
}

/** As in `12 runs, 3.4 MB of 200 MB`. */
function usage(entries: readonly RunEntry[]): string {
  const [runs, used] = [runCount(entries.length), formatBytes(totalBytes(entries))];
  const { historyBytes } = readSettings();
  if (historyBytes === 0) return l10n.t("{0}, {1}; none are added", runs, used);
  return l10n.t("{0}, {1} of {2}", runs, used, formatBytes(historyBytes));
}

const runCount = (count: number) => (count === 1 ? l10n.t("1 run") : l10n.t("{0} runs", formatCount(count)));

function groupItem(group: RunGroup): TreeItem {
  const item = new TreeItem(groupLabel(group.key), TreeItemCollapsibleState.Expanded);
  item.id = group.id;
  item.description = runCount(runsIn(group).length);
  item.iconPath = new ThemeIcon(group.key.kind === "notebook" ? "notebook" : "file-media");
  item.contextValue = "group";
  return item;
}

function groupLabel(key: GroupKey): string {
  if (key.kind === "notebook") return key.notebook ?? l10n.t("No notebook");
  return key.media.length === 0 ? l10n.t("No picture or video") : key.media.join(", ");
}

function runItem(entry: RunEntry): TreeItem {
  const { id, name, question, isPinned } = entry;
  const [label, answer] = [name ?? question, answerOf(entry)];
  const item = new TreeItem(label, TreeItemCollapsibleState.None);
  item.id = id;
  item.description = `${answer} · ${entry.settings}`;
  item.iconPath = new ThemeIcon(iconOf(entry));
  item.tooltip = tooltip(entry);
  item.contextValue = isPinned ? "run pinned" : "run";
  const said = [...(isPinned ? [l10n.t("pinned")] : []), label, answer, startOf(entry)];
  item.accessibilityInformation = { label: said.join(", ") };
  item.command = { title: l10n.t("Open Analysis"), command: "aim.showRun", arguments: [id] };
  return item;
}

const answerOf = ({ answer }: RunEntry) => answer || l10n.t("(no answer)");

function iconOf({ isPinned, finish }: RunEntry): string {
  if (isPinned) return "pinned";
  return finish === "cancelled" ? "debug-stop" : "comment";
}

/** Everything in it is text of models, users and strangers, so that none of it may act as Markdown. */
function tooltip(entry: RunEntry): MarkdownString {
  const shown = new MarkdownString();
  const add = (before: string, text: string, after: string) =>
    shown.appendMarkdown(before).appendText(text.replaceAll(/\s+/g, " ").trim()).appendMarkdown(after);
  if (entry.name !== undefined) add("", entry.name, "\n\n");
  add("**", entry.question, "**\n\n");
  add("", answerOf(entry), "\n\n---\n\n");
  for (const line of [startOf(entry), ...runFacts(entry)]) add("- ", line, "\n");
  return shown;
}

function startOf({ startedAt }: RunEntry): string {
  const time = new Date(startedAt);
  return Number.isNaN(time.getTime()) ? startedAt : time.toLocaleString();
}
