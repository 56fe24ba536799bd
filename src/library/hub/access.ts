import { AimError } from "#core/errors.ts";
import { isLoopback } from "./proxy.ts";

/** How a hub is reached. */
export interface HubAccess {
  /** Address of the hub or a mirror, `https://huggingface.co`; a path in it is kept, a slash at its end does not matter. */
  readonly hubUrl: string;
  /** Access token: sent to the hub's own origin only, and never over plain http but to this machine. */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long a server may send no byte before it is asked anew; 30,000 unless told. */
  readonly stallMs?: number | undefined;
  /** Wait before a failed request is sent again; it doubles with each. 1,000 unless told. */
  readonly retryMs?: number | undefined;
}

/** Where a hub is and how one talks to it, checked. */
export interface Hub {
  /** Without a slash at its end. */
  readonly hubUrl: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly stallMs: number;
  readonly retryMs: number;
}

/** Throws `invalid-argument` for an address that is none, and for a token with characters that no token has. */
export function checkAccess(access: HubAccess): Hub {
  const { hubUrl, token, signal, stallMs = 30_000, retryMs = 1000 } = access;
  const url = URL.canParse(hubUrl) ? new URL(hubUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new AimError(
      "invalid-argument",
      `the address of a hub must be https:// or http:// and a host, got ${hubUrl}`,
      {
        hint: "give an address such as https://huggingface.co",
      },
    );
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new AimError("invalid-argument", "the access token has characters that no token has", {
      hint: "copy the token again, without spaces and line ends",
    });
  }
  return { hubUrl: url.href.replace(/\/+$/, ""), token, signal, stallMs, retryMs };
}

/** The headers of a request to `url`: the token only where the hub itself is asked, and nobody on the way can read it. */
export function headersFor(url: URL, { hubUrl, token }: Hub): Record<string, string> {
  const isHub = url.origin === new URL(hubUrl).origin;
  const isPrivate = url.protocol === "https:" || isLoopback(url.hostname);
  const common = { "user-agent": "aim-notebook", "accept-encoding": "identity" };
  return token !== undefined && isHub && isPrivate ? { ...common, authorization: `Bearer ${token}` } : common;
}
