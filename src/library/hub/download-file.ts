import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { throwIfCancelled } from "#core/errors.ts";
import type { Hub } from "./access.ts";
import type { HubFile } from "./checkpoint-files.ts";
import { askHub, type HubAnswer } from "./client.ts";
import { type Attempt, connectionFailure, type Failure, networkFailure } from "./failure.ts";
import { fileAddress, type HubListing } from "./listing.ts";
import { hashFor, isHashed, PartialDownload } from "./partial-download.ts";
import { readBody } from "./request.ts";
import { withRetries } from "./retries.ts";

/** One file to bring. */
export interface FileDownload {
  readonly listing: HubListing;
  readonly file: HubFile;
  readonly folder: string;
  readonly hub: Hub;
  /** Called with all bytes of this file that are there; may go down if a server makes it begin anew. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Brings one file, going on with what an earlier download left, and puts it in place when its size and hash are right. A file
 * that is in place with the right hash stays.
 *
 * Throws as downloadFiles.
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { listing, file, folder, hub, onBytes } = download;
  if (await isInPlace(folder, file, hub.signal)) return onBytes(file.sizeBytes);
  const partial = new PartialDownload(folder, listing.commit, file);
  try {
    await partial.resume(hub.signal);
    onBytes(partial.bytes);
    await withRetries(() => fetchRest(download, partial), {
      ...hub,
      waitsForNetwork: true,
      doneBytes: () => partial.bytes,
    });
    await partial.finish();
  } finally {
    await partial.close();
  }
}

/** Whether the file is there with the content that the hub told; without a hash nothing tells. */
async function isInPlace(folder: string, file: HubFile, signal: AbortSignal | undefined): Promise<boolean> {
  const path = join(folder, file.name);
  if (!isHashed(file) || statSync(path, { throwIfNoEntry: false })?.size !== file.sizeBytes) return false;
  const hash = hashFor(file);
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    throwIfCancelled(signal);
    hash.update(chunk);
  }
  return hash.digest("hex") === (file.sha256 ?? file.gitSha1);
}

async function fetchRest(download: FileDownload, partial: PartialDownload): Promise<Attempt<undefined>> {
  const { listing, file, hub } = download;
  if (file.sizeBytes === 0) await partial.restart(undefined);
  if (!partial.isResumable && partial.bytes > 0) await partial.discard();
  if (partial.bytes === file.sizeBytes) return { kind: "done", value: undefined };
  const address = fileAddress(listing.id, listing.commit, file.name);
  const answer = await askHub(hub, listing.id, address, rangeHeaders(partial));
  if (answer.kind === "failed") return answer.status === 416 ? beginAnew(partial, answer) : answer;
  const wrong = checkAnswer(answer.value, download, partial.bytes);
  if (wrong) {
    answer.value.response.destroy();
    return wrong.retry === "soon" ? beginAnew(partial, wrong) : wrong;
  }
  return receive(answer.value, download, partial);
}

function rangeHeaders(partial: PartialDownload): Record<string, string> {
  if (partial.bytes === 0) return {};
  const range = `bytes=${partial.bytes}-`;
  return partial.etag === undefined ? { range } : { range, "if-range": partial.etag };
}

async function beginAnew(partial: PartialDownload, failure: Failure): Promise<Failure> {
  await partial.discard();
  return { ...failure, retry: "soon" };
}

/** Holds the headers of an answer against the listing; says what is wrong. A wrong range is worth another try, another file is not. */
function checkAnswer(answer: HubAnswer, { listing, file }: FileDownload, haveBytes: number): Failure | undefined {
  const { response, hubHeaders, url } = answer;
  const changed = (what: string) =>
    networkFailure("never", `${file.name}: ${url.host} has another file than its listing tells: ${what}`, CHANGED_HINT);
  const commit = hubHeaders["x-repo-commit"];
  if (commit !== undefined && commit !== listing.commit) return changed(`it is of commit ${commit}`);
  const linked = /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(String(hubHeaders["x-linked-etag"] ?? ""))?.[1];
  if (linked && file.sha256 && linked !== file.sha256) return changed(`its sha256 is ${linked}`);
  const linkedSize = hubHeaders["x-linked-size"];
  if (linkedSize !== undefined && Number(linkedSize) !== file.sizeBytes) return changed(`it has ${linkedSize} bytes`);
  const { "content-length": length, "content-range": range } = response.headers;
  if (response.statusCode === 200) {
    const isRight = length === undefined || Number(length) === file.sizeBytes;
    return isRight ? undefined : changed(`it has ${length} bytes, not ${file.sizeBytes}`);
  }
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range ?? "") ?? [];
  if (Number(from) === haveBytes && haveBytes > 0 && (total === "*" || Number(total) === file.sizeBytes))
    return undefined;
  return networkFailure(
    "soon",
    `${file.name}: ${url.host} sends the range ${range}, from ${haveBytes} was asked`,
    CHANGED_HINT,
  );
}

const CHANGED_HINT =
  "run the same command again, so that the listing is read anew; if it stays so, take another mirror";

async function receive(
  answer: HubAnswer,
  download: FileDownload,
  partial: PartialDownload,
): Promise<Attempt<undefined>> {
  const { response, url } = answer;
  const { file, hub, onBytes } = download;
  const etag = strongEtag(response.headers.etag);
  try {
    if (response.statusCode === 200) await partial.restart(etag);
    else if (partial.etag !== undefined && etag !== undefined && etag !== partial.etag) {
      const failure = networkFailure("soon", `${file.name}: has changed at ${url.host}`, CHANGED_HINT);
      return await beginAnew(partial, failure);
    }
    onBytes(partial.bytes);
    for await (const chunk of readBody(response, hub)) {
      if (partial.bytes + chunk.length > file.sizeBytes) {
        const failure = networkFailure("soon", `${file.name}: more than ${file.sizeBytes} bytes come`, CHANGED_HINT);
        return await beginAnew(partial, failure);
      }
      await partial.append(chunk);
      onBytes(partial.bytes);
    }
  } catch (cause) {
    return connectionFailure(url, cause);
  } finally {
    response.destroy();
  }
  if (partial.bytes === file.sizeBytes) return { kind: "done", value: undefined };
  const what = `${file.name}: ${url.host} ends after ${partial.bytes} of ${file.sizeBytes} bytes`;
  return networkFailure("soon", what, "the same command goes on where it stopped");
}

/** Of weak ones (`W/"..."`), two files of other bytes may have the same. */
function strongEtag(etag: string | undefined): string | undefined {
  return etag !== undefined && /^"[\x21\x23-\x7e]*"$/.test(etag) ? etag : undefined;
}
