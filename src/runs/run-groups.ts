import type { RunEntry } from "./run-entry.ts";

/** What runs have in common: the notebook that asked, or the media that were asked about. */
export type GroupKey =
  | { readonly kind: "notebook" /** Absent for runs that no notebook asked for. */; readonly notebook?: string }
  | { readonly kind: "media" /** File names; none for questions about nothing. */; readonly media: readonly string[] };

export interface RunGroup {
  readonly kind: "group";
  /** The same for the same group in the next list. */
  readonly id: string;
  readonly key: GroupKey;
  readonly children: readonly RunNode[];
}

/** A part of the tree of runs. */
export type RunNode = RunGroup | { readonly kind: "run"; readonly id: string; readonly entry: RunEntry };

/**
 * Groups runs by notebook, then by media; a level is left out where it would gather nothing: one group alone, or a run a group. The order of
 * `entries` stays: of groups, that of their first runs.
 */
export function groupRuns(entries: readonly RunEntry[]): readonly RunNode[] {
  return level(entries, "", notebookOf, (ofNotebook, path) => level(ofNotebook, path, mediaOf, leaves));
}

/** All runs in `node` and below, each once, in their order. */
export function runsIn(node: RunNode): readonly RunEntry[] {
  return node.kind === "run" ? [node.entry] : node.children.flatMap(runsIn);
}

type Below = (entries: readonly RunEntry[], path: string) => readonly RunNode[];

function level(
  entries: readonly RunEntry[],
  path: string,
  keyOf: (entry: RunEntry) => GroupKey,
  below: Below,
): readonly RunNode[] {
  const groups = new Map<string, { readonly key: GroupKey; readonly entries: RunEntry[] }>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const id = `${path}${JSON.stringify(key)}`;
    const group = groups.get(id) ?? { key, entries: [] };
    groups.set(id, group);
    group.entries.push(entry);
  }
  const [only, ...others] = groups;
  if (only === undefined) return [];
  if (groups.size === entries.length) return leaves(entries, path);
  if (others.length === 0) return below(entries, only[0]);
  return [...groups].map(([id, group]) => ({
    kind: "group",
    id,
    key: group.key,
    children: below(group.entries, id),
  }));
}

const leaves: Below = (entries) => entries.map((entry) => ({ kind: "run", id: entry.id, entry }));

const notebookOf = ({ notebook }: RunEntry): GroupKey => ({
  kind: "notebook",
  ...(notebook !== undefined && { notebook }),
});

const mediaOf = ({ media }: RunEntry): GroupKey => ({ kind: "media", media });
