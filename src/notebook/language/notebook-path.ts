/** A relative path climbs at most so many folders; what is further away is named from the root. */
const MOST_UP = 2;

/**
 * How a cell of a notebook in `folder` names the file at `path`; both are absolute, as POSIX or Windows write them. Always with forward
 * slashes: relative if the file is in the folder or near it, else absolute, as on another drive.
 */
export function notebookPath(path: string, folder: string): string {
  const isWindows = isWindowsPath(path);
  const target = partsOf(path, isWindows);
  const absolute = target.join("/");
  if (isWindows !== isWindowsPath(folder)) return absolute;

  const base = partsOf(folder.replace(isWindows ? /[\\/]+$/ : /\/+$/, ""), isWindows);
  const same = (a: string, b: string | undefined) => (isWindows ? a.toLowerCase() === b?.toLowerCase() : a === b);
  const differs = target.findIndex((part, index) => !same(part, base[index]));
  const shared = Math.min(differs < 0 ? target.length : differs, target.length - 1);
  const up = base.length - shared;
  // The first part is the root, "" or a drive: there is no way from one to another, and none worth writing down across it.
  if (shared === 0 || (up > 0 && shared === 1) || up > MOST_UP) return absolute;
  return [...Array<string>(up).fill(".."), ...target.slice(shared)].join("/");
}

const isWindowsPath = (path: string) => /^([A-Za-z]:[\\/]|\\\\)/.test(path);

/** The parts of a path, its root first: `["", "a"]`, `["C:", "a"]` or, of a share, `["//host/share", "a"]`. */
function partsOf(path: string, isWindows: boolean): string[] {
  const parts = (isWindows ? path.replaceAll("\\", "/") : path).split("/");
  return path.startsWith("\\\\") ? [parts.slice(0, 4).join("/"), ...parts.slice(4)] : parts;
}
