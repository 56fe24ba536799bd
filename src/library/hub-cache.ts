import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { HubRepository } from "./hub/repository.ts";

/** A model of a hub that other programs downloaded. */
export interface CachedSnapshot {
  readonly folder: string;
  /** 40 hex digits */
  readonly commit: string;
}

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * What is in the user's Hugging Face cache (HF_HUB_CACHE, else `hub` of HF_HOME, else of the user's cache folder) of a model at a revision; undefined
 * if there is nothing. Whether it is whole is not looked at.
 */
export function cachedSnapshot({ id, revision }: HubRepository): CachedSnapshot | undefined {
  const home = join(hubCacheFolder(), `models--${id.replace("/", "--")}`);
  const commit = COMMIT.test(revision) ? revision : readRef(join(home, "refs", ...revision.split("/")));
  if (commit === undefined) return undefined;
  const folder = join(home, "snapshots", commit);
  return existsSync(folder) ? { folder, commit } : undefined;
}

function hubCacheFolder(): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = process.env;
  if (HF_HUB_CACHE) return HF_HUB_CACHE;
  return join(HF_HOME || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface"), "hub");
}

function readRef(path: string): string | undefined {
  try {
    const commit = readFileSync(path, "utf8").trim();
    return COMMIT.test(commit) ? commit : undefined;
  } catch {
    return undefined; // never downloaded
  }
}
