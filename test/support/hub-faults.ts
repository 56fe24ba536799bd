import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { TreeEntry } from "./hub-repository.ts";

/** What a hub may do wrong, or differently. All may be changed while it runs. */
export interface HubFaults {
  /** The whole file comes with 200 whatever range is asked for. */
  ignoresRanges?: boolean;
  /** After so many bytes of a file nothing more comes. */
  stallsAfterBytes?: number;
  /** After so many bytes of a file the connection is cut. */
  breaksAfterBytes?: number;
  /** So many bytes more (or fewer, if negative) come than the file has; no length is told. */
  extraBytes?: number;
  /** The first byte that is sent is another one. */
  hasWrongBytes?: boolean;
  /** Which files the above concerns; all, unless told. */
  faultyFiles?: RegExp;
  /** How many answers with a file the above concerns; all, unless told. */
  faultyTimes?: number;
  bytesPerSecond?: number;
  /** The token without which nothing is told. */
  token?: string;
  /** The licence was not accepted. */
  isGated?: boolean;
  /** The next answers of the hub itself. */
  failures?: { readonly status: number; readonly retryAfter?: string; readonly location?: string }[];
  /** Large files come from another host, as from a store. */
  redirects?: boolean;
  /** The store refuses so many times: a link that has run out. */
  expiredLinks?: number;
  /** Entries of a tree on a page. */
  pageSize?: number;
  /** Pages name the hub that this one mirrors. */
  namesOtherHub?: boolean;
  /** What the tree lists besides what is there. */
  extraEntries?: readonly TreeEntry[];
  hasNoHashes?: boolean;
  hasNoEtags?: boolean;
}

type Body = HubFaults & { readonly start: number; readonly sizeBytes: number };

/** Sends the file from `start` on, as the faults will have it. */
export async function sendBody(response: ServerResponse, file: string, body: Body): Promise<void> {
  const { start, sizeBytes, extraBytes = 0, bytesPerSecond } = body;
  const ends = Math.min(body.stallsAfterBytes ?? sizeBytes, body.breaksAfterBytes ?? sizeBytes, sizeBytes + extraBytes);
  let left = Math.max(0, Math.min(ends, sizeBytes - start + Math.min(0, extraBytes)));
  for await (const part of createReadStream(file, { start, highWaterMark: 16 * 1024 })) {
    const chunk: Uint8Array = Uint8Array.from(part.subarray(0, left));
    if (body.hasWrongBytes) chunk[0] = 255 - (chunk[0] ?? 0);
    left -= chunk.length;
    if (response.destroyed || chunk.length === 0) break;
    if (bytesPerSecond !== undefined) await wait((chunk.length / bytesPerSecond) * 1000);
    await new Promise((resolve) => response.write(chunk, resolve));
  }
  if (body.stallsAfterBytes !== undefined) return; // and the connection stays open
  if (body.breaksAfterBytes !== undefined) response.destroy();
  else response.end(new Uint8Array(Math.max(0, extraBytes)));
}

/** Makes `faults` those of `wanted`, and no others. */
export function setFaults(faults: HubFaults, wanted: HubFaults): void {
  for (const name of Object.keys(faults)) Reflect.deleteProperty(faults, name);
  Object.assign(faults, wanted);
}
