import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { HubFile } from "./checkpoint-files.ts";

/** NAME.CONTENT.ETAG.download */
const PARTIAL = /^(.+)\.([0-9a-f]{16})\.([A-Za-z0-9_-]*)\.download$/;
/** Longer ones, which nobody sends, would make names that some disks do not take. */
const MOST_ETAG_CHARACTERS = 84;

/** A started file of an earlier download. */
export interface FoundPartial {
  readonly path: string;
  readonly etag: string | undefined;
}

/** The name of a file until it is whole: it tells which content of which server it is the start of, and no process. */
export function partialName(commit: string, file: HubFile, etag: string | undefined): string {
  const text = etag !== undefined && etag.length <= MOST_ETAG_CHARACTERS ? Buffer.from(etag).toString("base64url") : "";
  return `${file.name}.${contentKey(commit, file)}.${text}.download`;
}

/** What is there of `file`. Starts of other contents under its name, which nobody will ever go on with, are removed. */
export function findPartial(folder: string, commit: string, file: HubFile): FoundPartial | undefined {
  let found: FoundPartial | undefined;
  for (const entry of readdirSync(folder)) {
    const [, name, key, etag = ""] = PARTIAL.exec(entry) ?? [];
    if (name !== file.name) continue;
    const path = join(folder, entry);
    if (key === contentKey(commit, file) && !found) {
      found = { path, etag: etag === "" ? undefined : Buffer.from(etag, "base64url").toString() };
    } else {
      rmSync(path, { force: true });
    }
  }
  return found;
}

/** By its hash, so that a file that a newer commit did not change is gone on with; else by the commit. */
function contentKey(commit: string, { sha256, gitSha1, sizeBytes }: HubFile): string {
  return createHash("sha256")
    .update(`${sha256 ?? gitSha1 ?? commit} ${sizeBytes}`)
    .digest("hex")
    .slice(0, 16);
}
