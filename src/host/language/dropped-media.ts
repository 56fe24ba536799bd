import { extname, join } from "node:path";
import { type DataTransfer, type DataTransferFile, Uri, WorkspaceEdit, workspace } from "vscode";
import { mediaKind } from "#core/media-kind.ts";

/** Media that were dropped or pasted: where they are, and an edit that first saves those that are nowhere yet. */
export interface DroppedMedia {
  /** Absolute. */
  readonly paths: readonly string[];
  readonly saving: WorkspaceEdit;
}

/** Finds pictures and videos in `data`; what comes without a place on disk (the clipboard, a browser) is to be saved in `folder`. */
export async function droppedMedia(data: DataTransfer, folder: string): Promise<DroppedMedia> {
  const saving = new WorkspaceEdit();
  const known = await knownPaths(data);
  if (known.length > 0) return { paths: known, saving };
  const paths: string[] = [];
  for (const [mime, item] of data) {
    const file = item.asFile();
    const name = file && mediaName(file, mime);
    if (!file || !name) continue;
    const place = await freePlace(folder, name, paths);
    saving.createFile(Uri.file(place), { contents: file });
    paths.push(place);
  }
  return { paths, saving };
}

/** Media that lie on this machine already: from the explorer, from another editor, or from the desktop. */
async function knownPaths(data: DataTransfer): Promise<string[]> {
  const list = (await data.get("text/uri-list")?.asString()) ?? "";
  const listed = list.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
  const files = [...data].flatMap(([, item]) => item.asFile()?.uri ?? []);
  const places = [...listed.map((line) => Uri.parse(line)), ...files].filter(({ scheme }) => scheme === "file");
  return [...new Set(places.map(({ fsPath }) => fsPath))].filter((path) => mediaKind(path) !== undefined);
}

/** What a file is to be called; undefined if it is none of media. Pictures of the clipboard may have only a type. */
function mediaName({ name }: DataTransferFile, mime: string): string | undefined {
  if (mediaKind(name) !== undefined) return name.replaceAll(/[\\/:*?"<>|\r\n]/g, "-");
  const type = /^image\/(png|jpeg|webp|avif|tiff)$/.exec(mime)?.[1];
  return type && `image.${type}`;
}

/** `name` in `folder`, with a number if that is taken. */
async function freePlace(folder: string, name: string, taken: readonly string[]): Promise<string> {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  for (let count = 0; ; count++) {
    const place = join(folder, count === 0 ? name : `${stem}-${count}${extension}`);
    if (!taken.includes(place) && !(await exists(place))) return place;
  }
}

function exists(path: string): Promise<boolean> {
  return Promise.resolve(workspace.fs.stat(Uri.file(path))).then(
    () => true,
    () => false,
  );
}
