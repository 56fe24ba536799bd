import { z } from "zod";
import { AimError } from "#core/errors.ts";
import { checkAccess, type Hub, type HubAccess } from "./access.ts";
import { chooseFiles, type HubFile, INDEX_FILE, isSharded } from "./checkpoint-files.ts";
import { askJson } from "./client.ts";
import type { HubRepository } from "./repository.ts";

/** The files of a model that a checkpoint needs, at one commit. */
export interface HubListing {
  /** `organisation/name` */
  readonly id: string;
  /** 40 hex digits */
  readonly commit: string;
  readonly files: readonly HubFile[];
}

const MOST_PAGES = 100;
const MOST_ENTRIES = 50_000;
const MOST_PAGE_BYTES = 16 * 2 ** 20;
const MOST_INDEX_BYTES = 64 * 2 ** 20;
const MOST_FILE_BYTES = 2 ** 42;

const REVISION = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) });
const SIZE = z.number().int().min(0).max(MOST_FILE_BYTES);
const ENTRY = z
  .object({
    type: z.string(),
    path: z.string(),
    size: SIZE.optional(),
    oid: z.string().optional(),
    lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: SIZE }).nullish(),
  })
  .refine(({ type, size, lfs }) => type !== "file" || (lfs?.size ?? size) !== undefined, "a file without a size");
const PAGE = z.array(ENTRY);
const INDEX = z.object({ weight_map: z.record(z.string(), z.string()) });

/**
 * What a model on a hub consists of, as far as a checkpoint needs it: two requests or a few, and no weights.
 *
 * A branch is followed to its commit, so that all files are of one state. Of a sharded model the index is read.
 *
 * Throws `access` (a token is missing or not enough, a licence is not accepted), `not-found` (no such model, revision, or no
 * checkpoint in it), `network` (no way to the hub, or answers that are none), `invalid-model`, `invalid-argument`, `cancelled`.
 */
export async function listRepository(repository: HubRepository, access: HubAccess): Promise<HubListing> {
  const hub = checkAccess(access);
  const { id, revision } = repository;
  const { value } = await askJson(hub, id, `/api/models/${id}/revision/${encodeURIComponent(revision)}`, {
    schema: REVISION,
    maxBytes: MOST_PAGE_BYTES,
  });
  const commit = value.sha;
  const files = await listTree(hub, id, commit);
  const shards = isSharded(files) ? await readShards(hub, id, commit) : [];
  return { id, commit, files: chooseFiles(id, files, shards) };
}

/** Where a file of a model is, below the address of a hub. */
export function fileAddress(id: string, commit: string, name: string): string {
  return `/${id}/resolve/${commit}/${encodeURIComponent(name)}`;
}

async function listTree(hub: Hub, id: string, commit: string): Promise<readonly HubFile[]> {
  const files: HubFile[] = [];
  const tree = `/api/models/${id}/tree/${commit}`;
  let query: string | undefined = "?recursive=true";
  for (let page = 0; query !== undefined; page++) {
    const answer: Awaited<ReturnType<typeof askJson<z.infer<typeof PAGE>>>> = await askJson(hub, id, tree + query, {
      schema: PAGE,
      maxBytes: MOST_PAGE_BYTES,
    });
    for (const entry of answer.value) if (entry.type === "file") files.push(toFile(entry));
    if (page >= MOST_PAGES || files.length > MOST_ENTRIES) throw tooMany(id);
    query = nextQuery(hub, answer.headers.link);
  }
  return files;
}

function toFile({ path, size, oid, lfs }: z.infer<typeof ENTRY>): HubFile {
  const sizeBytes = lfs?.size ?? size ?? 0;
  if (lfs) return { name: path, sizeBytes, sha256: lfs.oid };
  return oid && /^[0-9a-f]{40}$/.test(oid) ? { name: path, sizeBytes, gitSha1: oid } : { name: path, sizeBytes };
}

/** The query of the next page. Only the query counts: mirrors pass on addresses of the hub that they mirror. */
function nextQuery(hub: Hub, link: string | string[] | undefined): string | undefined {
  const [, address] = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(String(link ?? "")) ?? [];
  return address !== undefined && URL.canParse(address, hub.hubUrl) ? new URL(address, hub.hubUrl).search : undefined;
}

async function readShards(hub: Hub, id: string, commit: string): Promise<readonly string[]> {
  const { value } = await askJson(hub, id, fileAddress(id, commit, INDEX_FILE), {
    schema: INDEX,
    maxBytes: MOST_INDEX_BYTES,
  });
  return [...new Set(Object.values(value.weight_map))];
}

function tooMany(id: string): AimError {
  return new AimError("network", `${id}: the hub lists more than ${MOST_ENTRIES} files or ${MOST_PAGES} pages`, {
    hint: "choose a repository that holds one model, or another mirror",
  });
}
