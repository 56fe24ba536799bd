import { existsSync, statSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { AimError } from "#core/errors.ts";
import type { ImportRequest } from "#core/model-import.ts";
import type { HubAccess } from "#library/hub/access.ts";
import { type HubListing, listRepository } from "#library/hub/listing.ts";
import { type HubRepository, parseHubId } from "#library/hub/repository.ts";
import { cachedSnapshot } from "#library/hub-cache.ts";
import { isModelName } from "#library/installed-models.ts";
import { openWeights } from "#model/weights.ts";
import { EMBEDDED_MODEL } from "../models.ts";

/** A model to be imported, once it is known where it is. */
export type ImportSource = FolderSource | HubSource;

interface Said {
  /** What the model is called unless the user says otherwise. */
  readonly name: string;
  /** As it is noted: a folder, absolute, or `organisation/name`. */
  readonly source: string;
  /** The commit, of a hub. */
  readonly revision?: string;
}

/** A checkpoint that lies on this machine. */
export interface FolderSource extends Said {
  readonly kind: "folder";
  readonly folder: string;
}

/** A checkpoint that has to be downloaded. */
export interface HubSource extends Said {
  readonly kind: "hub";
  readonly revision: string;
  readonly listing: HubListing;
  readonly access: HubAccess;
}

const DEFAULT_HUB = "https://huggingface.co";

/**
 * Finds what a request means: a folder; else a model in the user's Hugging Face cache, if it is whole there; else one on the hub, which is asked for its files.
 *
 * Throws `not-found`, `invalid-argument` for a name that cannot be, and what listRepository throws.
 */
export async function findSource(request: ImportRequest, signal?: AbortSignal): Promise<ImportSource> {
  const { source } = request;
  if (existsSync(source)) return folderSource(source, request);
  const repository = parseHubId(source);
  if (repository === undefined || isAbsolute(source)) {
    throw new AimError("not-found", `there is no folder ${source}`, {
      hint: "give the folder of a Hugging Face checkpoint, or a model of a hub as ORGANISATION/NAME",
    });
  }
  const name = checkName(request.name ?? repository.id.split("/")[1] ?? "");
  const cached = wholeSnapshot(repository);
  if (cached) return { kind: "folder", ...cached, name, source: repository.id };
  const access = { hubUrl: request.hubUrl ?? DEFAULT_HUB, token: request.token, signal };
  const listing = await listRepository(repository, access);
  return { kind: "hub", name, source: listing.id, revision: listing.commit, listing, access };
}

function folderSource(folder: string, { name }: ImportRequest): FolderSource {
  if (!statSync(folder).isDirectory()) {
    throw new AimError("not-found", `${folder} is a file, not the folder of a checkpoint`, {
      hint: "give the folder that holds config.json and the weights",
    });
  }
  return { kind: "folder", folder, name: checkName(name ?? nameOf(folder)), source: folder };
}

/** The folder's own name; for a snapshot of a hub cache (`models--org--name/snapshots/<commit>`) the model's. */
function nameOf(folder: string): string {
  const [, cached] = /models--[^/\\]+--([^/\\]+)[/\\]snapshots[/\\][^/\\]+[/\\]?$/.exec(folder) ?? [];
  return cached ?? basename(folder).replaceAll(/[^A-Za-z0-9._-]+/g, "-");
}

function checkName(name: string): string {
  if (isModelName(name) && name !== EMBEDDED_MODEL) return name;
  throw new AimError("invalid-argument", `a model cannot be called ${JSON.stringify(name)}`, {
    hint: "give a name of letters, digits, points and dashes, such as --name llava-7b",
  });
}

/** A model of the Hugging Face cache with all that running it takes. */
function wholeSnapshot(repository: HubRepository): { folder: string; revision: string } | undefined {
  const snapshot = cachedSnapshot(repository);
  if (snapshot === undefined || !existsSync(join(snapshot.folder, "tokenizer.json"))) return undefined;
  try {
    openWeights(snapshot.folder).close(); // checks that every file has the size that its header says
    return { folder: snapshot.folder, revision: snapshot.commit };
  } catch (error) {
    if (error instanceof AimError) return undefined; // a download that was not finished
    throw error;
  }
}
