import { type ClientRequest, type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { proxyFor, proxyHeaders } from "./proxy.ts";

/** What a request needs besides its address. */
export interface RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  /** How long the other side may send nothing. */
  readonly stallMs: number;
}

/** The `code` of the error with which a request ends whose server sends nothing. */
export const STALLED = "AIM_STALLED";
/** The `code` of the error with which a request ends to which a proxy did not open a way; its `status` is the proxy's. */
export const REFUSED_BY_PROXY = "AIM_REFUSED_BY_PROXY";

/**
 * Asks `url` with GET, through the proxy of the environment if there is one, and gives the response as soon as its headers are
 * there, whatever its status; redirects are not followed. Not `fetch`, which cannot be told of proxies in Node 20.
 *
 * Throws what Node throws, and errors with the codes STALLED and REFUSED_BY_PROXY.
 */
export async function sendGet(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  const proxy = proxyFor(url, process.env);
  const { headers } = options;
  if (!proxy) return answerOf((url.protocol === "https:" ? requestSecure : requestPlain)(url, { headers }), options);
  if (url.protocol === "http:") {
    const plain = { path: url.href, headers: { ...headers, host: url.host, ...proxyHeaders(proxy) } };
    return answerOf(requestOf(proxy)(proxy, plain), options);
  }
  const socket = await openTunnel(proxy, url, options);
  const servername = isIP(bareHost(url)) ? "" : bareHost(url);
  // no agent is named: one would make a connection of its own
  const createConnection = () => connectSecure({ socket, servername });
  return answerOf(requestSecure(url, { headers, createConnection }), options);
}

/**
 * The bytes of a response as they come. Only the waiting for the server counts as a stall, not what is done with the bytes.
 *
 * Throws what Node throws if the connection breaks or ends early, an error with the code STALLED if no byte comes.
 */
export async function* readBody(
  response: IncomingMessage,
  { signal, stallMs }: Pick<RequestOptions, "signal" | "stallMs">,
): AsyncGenerator<Uint8Array> {
  const stop = () => response.destroy(new Error("cancelled"));
  signal?.addEventListener("abort", stop);
  const chunks: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  try {
    for (;;) {
      if (signal?.aborted) stop();
      const timer = setTimeout(() => response.destroy(stalled(stallMs)), stallMs);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    response.destroy();
  }
}

function answerOf(request: ClientRequest, { signal, stallMs }: RequestOptions): Promise<IncomingMessage> {
  return settle(request, { signal, stallMs }, (resolve) => request.once("response", resolve));
}

/** Asks the proxy for a way to the host of `url`, over which TLS is spoken with the host itself. */
function openTunnel(proxy: URL, url: URL, options: RequestOptions): Promise<Socket> {
  const target = `${url.hostname}:${url.port || 443}`;
  const request = requestOf(proxy)(proxy, {
    method: "CONNECT",
    path: target,
    headers: { host: target, ...proxyHeaders(proxy) },
    agent: false,
  });
  return settle(request, options, (resolve, reject) => {
    const refuse = (response: IncomingMessage) => {
      request.destroy();
      const status = response.statusCode;
      reject(Object.assign(new Error(`${proxy.host} answers ${status}`), { code: REFUSED_BY_PROXY, status }));
    };
    request.once("response", refuse);
    request.once("connect", (response, socket) => (response.statusCode === 200 ? resolve(socket) : refuse(response)));
  });
}

function settle<T>(
  request: ClientRequest,
  { signal, stallMs }: Pick<RequestOptions, "signal" | "stallMs">,
  listen: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  const stop = () => request.destroy(new Error("cancelled"));
  const timer = setTimeout(() => request.destroy(stalled(stallMs)), stallMs);
  signal?.addEventListener("abort", stop);
  const settled = new Promise<T>((resolve, reject) => {
    listen(resolve, reject);
    request.on("error", reject); // stays: an error that comes after the answer is told by the answer's own stream
    if (signal?.aborted) stop();
    else request.end();
  });
  return settled.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  });
}

const requestOf = (url: URL) => (url.protocol === "https:" ? requestSecure : requestPlain);
const bareHost = (url: URL) => url.hostname.replace(/^\[|\]$/g, "");

function stalled(stallMs: number): Error {
  return Object.assign(new Error(`no byte for ${stallMs / 1000} s`), { code: STALLED });
}
