import { readdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type NotebookDocument, workspace } from "vscode";
import { parseCell } from "#notebook/cell.ts";
import type { FileFacts } from "#notebook/language/diagnostics.ts";
import { baseFolder, cellSources } from "../notebook/cells.ts";

/**
 * Looks for the media that a notebook names. In a workspace that is not trusted nothing is looked for: a path may lead to another machine,
 * and even a look would tell it who we are.
 */
export async function fileFacts(notebook: NotebookDocument): Promise<FileFacts> {
  const missing = new Set<string>();
  const near = new Map<string, readonly string[]>();
  if (!workspace.isTrusted) return { missing, near };
  const base = baseFolder(notebook);
  const looks = [...mediaPaths(notebook)].map(async (path) => {
    const place = resolve(base, path);
    if (isRemote(place) || (await isFile(place))) return;
    missing.add(path);
    near.set(path, await readdir(dirname(place)).catch(() => []));
  });
  await Promise.all(looks);
  return { missing, near };
}

function mediaPaths(notebook: NotebookDocument): Set<string> {
  const cells = cellSources(notebook).filter(({ cell_type }) => cell_type === "code");
  const directives = cells.flatMap(({ source }) => parseCell(source).directives);
  return new Set(directives.flatMap(({ settings }) => settings.media ?? []).map(({ path }) => path));
}

const isRemote = (path: string) => path.startsWith("\\\\");

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
