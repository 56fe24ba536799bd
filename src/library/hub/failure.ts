import type { IncomingMessage } from "node:http";
import { AimError } from "#core/errors.ts";
import { REFUSED_BY_PROXY, STALLED } from "./request.ts";

/** Why an attempt failed, and whether the next may do better: not at all, once the network is back, or soon. */
export interface Failure {
  readonly kind: "failed";
  readonly error: AimError;
  readonly retry: "never" | "when-reachable" | "soon";
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
  /** How long the server asks to wait. */
  readonly afterMs?: number | undefined;
}

/** What came of an attempt. */
export type Attempt<T> = { readonly kind: "done"; readonly value: T } | Failure;

/** What a request was for, as messages name it. */
export interface Subject {
  /** `organisation/name` */
  readonly id: string;
  readonly hubUrl: string;
  readonly token?: string | undefined;
}

const UNREACHABLE = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;
const TLS =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(VERIFY|GET|DECRYPT|DECODE)|HOSTNAME_)/;

/** A failure of the kind `network`. */
export function networkFailure(retry: Failure["retry"], message: string, hint: string, cause?: unknown): Failure {
  return { kind: "failed", retry, error: new AimError("network", message, { hint, cause }) };
}

/** Reads an error of a connection to `url`: no way there, TLS, silence, or a break. An AimError stays as it is, for good. */
export function connectionFailure(url: URL, cause: unknown): Failure {
  if (cause instanceof AimError) return { kind: "failed", retry: "never", error: cause };
  const { code, status } = codesOf(cause);
  const goesOn = "check the network and HTTPS_PROXY; the same command goes on where it stopped";
  if (code === REFUSED_BY_PROXY) return proxyFailure(url, status, cause);
  if (TLS.test(code)) {
    const hint =
      "check the address and the clock; if a proxy of your network reads TLS, name its certificate in NODE_EXTRA_CA_CERTS";
    return networkFailure("never", `${url.host}: no safe connection: TLS failed (${code})`, hint, cause);
  }
  if (UNREACHABLE.test(code)) {
    return networkFailure("when-reachable", `${url.host}: cannot be reached (${code})`, goesOn, cause);
  }
  const what = code === STALLED ? "the server sends nothing" : "the connection broke";
  return networkFailure(
    "soon",
    `${url.host}: ${what} (${cause instanceof Error ? cause.message : cause})`,
    goesOn,
    cause,
  );
}

function codesOf(cause: unknown): { code: string; status: unknown } {
  if (!(cause instanceof Error)) return { code: "", status: undefined };
  // where a name has several addresses, Node tells of each
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return { code: String(first?.code ?? ""), status: first?.status };
}

function proxyFailure(url: URL, status: unknown, cause: unknown): Failure {
  const hint =
    status === 407
      ? "put name and password into the proxy's address: HTTPS_PROXY=http://name:password@host:port"
      : `check HTTPS_PROXY, or name ${url.hostname} in NO_PROXY to go there directly`;
  const error = new AimError("access", `${url.host}: the proxy opens no way there (${status})`, { hint, cause });
  return { kind: "failed", retry: Number(status) >= 500 ? "soon" : "never", error };
}

/** Reads an answer of `url` that is neither a success nor a redirect. `isHub` tells the hub itself from where it redirects to. */
export function statusFailure(response: IncomingMessage, url: URL, subject: Subject, isHub: boolean): Failure {
  const status = response.statusCode ?? 0;
  const failed = (retry: Failure["retry"], code: "network" | "access" | "not-found", what: string, hint: string) => {
    const error = new AimError(code, `${subject.id}: ${what} (${url.host} answers ${status})`, { hint });
    return { kind: "failed", retry, error, status, afterMs: retryAfterMs(response) } as const;
  };
  const goesOn = "try again later: the same command goes on where it stopped";
  if (status === 429) return failed("soon", "network", "too many requests", goesOn);
  if (status === 408 || status >= 500) return failed("soon", "network", "the server has a problem", goesOn);
  // links to stores run out after a while, the hub gives a new one
  if (!isHub && status < 500) return failed("soon", "network", "the file cannot be had there", goesOn);
  if (status === 401) return failed("never", "access", "not public, or not there", tokenHint(subject));
  if (status === 403) return failed("never", "access", "access is refused", gatedHint(subject));
  if (status === 404) {
    const what = response.headers["x-error-code"] === "RevisionNotFound" ? "no such revision" : "not found";
    return failed(
      "never",
      "not-found",
      what,
      "check name and revision: organisation/name or organisation/name@revision",
    );
  }
  return failed("never", "network", "unexpected answer", `check that ${subject.hubUrl} is the address of a hub`);
}

function tokenHint({ token, hubUrl }: Subject): string {
  return token === undefined
    ? `check the name; for a private or gated model give an access token (HF_TOKEN; made at ${hubUrl}/settings/tokens)`
    : "check the name, and that the access token is valid and may read this model; it is not sent over plain http";
}

function gatedHint({ id, token, hubUrl }: Subject): string {
  const accept = `accept its licence at ${hubUrl}/${id}`;
  return token === undefined
    ? `${accept}, then give an access token (HF_TOKEN; made at ${hubUrl}/settings/tokens)`
    : `${accept} with the account of the access token, and check that the token may read it`;
}

/** `Retry-After`, in seconds or as a date. */
function retryAfterMs(response: IncomingMessage): number | undefined {
  const text = response.headers["retry-after"];
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
