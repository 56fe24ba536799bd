import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** An entry of a repository as the hub's API lists it. */
export interface TreeEntry {
  readonly type: string;
  readonly path: string;
  readonly size: number;
  readonly oid?: string;
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number };
}

const known = new Map<string, { readonly stamp: string; readonly entry: TreeEntry }>();

/** What lies in a folder now, as a hub would list it; undefined if there is no such folder. */
export function listTree(folder: string): readonly TreeEntry[] | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((each) => {
      const name = path.join(each.parentPath, each.name);
      const inside = path.relative(folder, name).split(path.sep).join("/");
      return each.isFile() ? fileEntry(name, inside) : { type: "directory", path: inside, size: 0 };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A commit's id that stands for the content. */
export function commitOf(tree: readonly TreeEntry[]): string {
  return createHash("sha1").update(JSON.stringify(tree)).digest("hex");
}

function fileEntry(file: string, inside: string): TreeEntry {
  const { size, mtimeMs } = statSync(file);
  const stamp = `${size} ${mtimeMs} ${inside}`;
  const remembered = known.get(file);
  if (remembered?.stamp === stamp) return remembered.entry;
  const bytes = readFileSync(file);
  const blob = createHash("sha1").update(`blob ${size}\0`).update(bytes).digest("hex");
  const lfs = { oid: createHash("sha256").update(bytes).digest("hex"), size, pointerSize: 134 };
  const entry: TreeEntry = {
    type: "file",
    path: inside,
    size,
    oid: blob,
    ...(file.endsWith(".safetensors") && { lfs }),
  };
  known.set(file, { stamp, entry });
  return entry;
}
