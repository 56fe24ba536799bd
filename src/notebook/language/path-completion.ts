import { mediaKind } from "#core/media-kind.ts";
import { quoteValue, unescapeQuoted } from "../line.ts";
import type { Completion } from "./completion-item.ts";
import type { TextRange } from "./text-range.ts";

/** A path that is being typed: whoever can look at files lists `folder` and hands the entries to pathCompletions. */
export interface PathRequest {
  readonly kind: "image" | "video" | "model";
  /** The folder as typed, with forward slashes and one at its end; empty for the folder of the notebook. */
  readonly folder: string;
  /** The begin of the name in it. */
  readonly prefix: string;
  /** Of the whole value, which a completion replaces. */
  readonly range: TextRange;
  /** The text from the begin of the range up to the name. */
  readonly textBefore: string;
}

/** What lies in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What is asked for by the value `typed` so far, quotes and all. Backslashes are read as slashes. */
export function pathRequest(kind: PathRequest["kind"], typed: string, range: TextRange): PathRequest {
  const isQuoted = typed.startsWith('"');
  const path = (isQuoted ? unescapeQuoted(typed.slice(1)) : typed).replaceAll("\\", "/");
  const nameStart = path.lastIndexOf("/") + 1;
  const textBefore = /^.*[/\\]/.exec(typed)?.[0] ?? (isQuoted ? '"' : "");
  return { kind, folder: path.slice(0, nameStart), prefix: path.slice(nameStart), range, textBefore };
}

/**
 * The entries of the folder that suit the request: folders, and files of its kind by their extension; a GIF is a video that may also be
 * asked for as an image, and models are folders. What was typed of a name stands somewhere in it, in any case; of hidden ones, which are left
 * out unless a dot was typed, at their begin. The paths have forward slashes, and quotes where the language needs them.
 */
export function pathCompletions(request: PathRequest, entries: readonly FolderEntry[]): Completion[] {
  const { kind, folder, prefix, range, textBefore } = request;
  const suitable = entries.filter((entry) => suits(entry, kind) && isMeant(entry.name, prefix));
  return suitable.map(({ name, isFolder }) => ({
    label: isFolder ? `${name}/` : name,
    kind: isFolder ? "folder" : "file",
    detail: isFolder ? "folder" : (mediaKind(name) ?? "file"),
    documentation: "",
    filterText: textBefore + name,
    insertText: isFolder ? openPath(`${folder}${name}/`) : quoteValue(folder + name),
    range,
    suggestsMore: isFolder && kind !== "model",
  }));
}

function suits({ name, isFolder }: FolderEntry, kind: PathRequest["kind"]): boolean {
  if (isFolder) return true;
  if (kind === "image" && /\.gif$/i.test(name)) return true;
  return mediaKind(name) === kind;
}

function isMeant(name: string, prefix: string): boolean {
  if (/[\r\n]/.test(name)) return false; // no line of a cell can say it
  const [full, typed] = [name.toLowerCase(), prefix.toLowerCase()];
  return typed.startsWith(".") ? full.startsWith(typed) : !full.startsWith(".") && full.includes(typed);
}

/** A path that goes on: if it needs quotes, the last one comes with the file. */
function openPath(path: string): string {
  const value = quoteValue(path);
  return value === path ? value : value.slice(0, -1);
}
