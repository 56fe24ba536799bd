import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { z } from "zod";
import { type Hub, headersFor } from "./access.ts";
import { type Attempt, connectionFailure, networkFailure, statusFailure } from "./failure.ts";
import { readBody, sendGet } from "./request.ts";
import { withRetries } from "./retries.ts";

/** The answer to a request that may have been sent on to another host. */
export interface HubAnswer {
  readonly response: IncomingMessage;
  /** Where it came from. */
  readonly url: URL;
  /** What the hub itself said before it sent on: X-Linked-Etag, X-Repo-Commit. */
  readonly hubHeaders: IncomingHttpHeaders;
}

/** A JSON answer, and what came with it. */
export interface HubJson<T> {
  readonly value: T;
  readonly headers: IncomingHttpHeaders;
}

const MOST_REDIRECTS = 8;

/**
 * Asks for `address`, below the hub's own, and follows where it is sent to. The token goes to the hub alone; from https no way leads to http.
 * Whatever goes wrong is in the result; the caller reads the body to its end or destroys it.
 */
export async function askHub(
  hub: Hub,
  id: string,
  address: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Attempt<HubAnswer>> {
  let url = new URL(hub.hubUrl + address);
  let hubHeaders: IncomingHttpHeaders | undefined;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await send(url, hub, headers);
    if (response.kind === "failed") return response;
    const { statusCode: status = 0, headers: answered } = response.value;
    if (url.origin === new URL(hub.hubUrl).origin) hubHeaders = { ...hubHeaders, ...answered };
    if (status === 200 || status === 206) {
      return { kind: "done", value: { response: response.value, url, hubHeaders: hubHeaders ?? {} } };
    }
    response.value.destroy();
    const isRedirect = [301, 302, 303, 307, 308].includes(status) && answered.location !== undefined;
    if (!isRedirect)
      return statusFailure(response.value, url, { ...hub, id }, url.origin === new URL(hub.hubUrl).origin);
    const next = URL.canParse(answered.location ?? "", url) ? new URL(answered.location ?? "", url) : undefined;
    if (!next || !isAllowed(url, next)) {
      const hint = `check that ${hub.hubUrl} is the address of a hub`;
      return networkFailure(
        "never",
        `${url.host}: sends on to ${next?.origin ?? "no address"}, which is not safe`,
        hint,
      );
    }
    url = next;
  }
  return networkFailure("never", `${url.host}: sends on more than ${MOST_REDIRECTS} times`, "try another mirror");
}

/**
 * Asks the hub for JSON of at most `maxBytes`, several times if need be.
 *
 * Throws `network` for an answer that is larger, no JSON or not what `schema` says; else as the failures of requests.
 */
export async function askJson<T>(
  hub: Hub,
  id: string,
  address: string,
  { schema, maxBytes }: { readonly schema: z.ZodType<T>; readonly maxBytes: number },
): Promise<HubJson<T>> {
  const attempt = async (): Promise<Attempt<HubJson<T>>> => {
    const answer = await askHub(hub, id, address, { accept: "application/json" });
    if (answer.kind === "failed") return answer;
    const { response, url } = answer.value;
    const text = await readText(answer.value, hub, maxBytes);
    if (text.kind === "failed") return text;
    const parsed = schema.safeParse(parseJson(text.value));
    if (parsed.success) return { kind: "done", value: { value: parsed.data, headers: response.headers } };
    const what = parsed.error.issues.map((issue) => `${issue.path.join(".") || "all of it"}: ${issue.message}`)[0];
    const hint = `check that ${hub.hubUrl} is the address of a hub, and that no login page of the network is in the way`;
    return networkFailure(
      "never",
      `${id}: ${url.host} answers ${address.split("?")[0]} with something else (${what})`,
      hint,
    );
  };
  return withRetries(attempt, { ...hub, waitsForNetwork: false });
}

async function send(url: URL, hub: Hub, headers: Readonly<Record<string, string>>): Promise<Attempt<IncomingMessage>> {
  try {
    return { kind: "done", value: await sendGet(url, { ...hub, headers: { ...headersFor(url, hub), ...headers } }) };
  } catch (cause) {
    return connectionFailure(url, cause);
  }
}

function isAllowed(from: URL, to: URL): boolean {
  return to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:");
}

async function readText({ response, url }: HubAnswer, hub: Hub, maxBytes: number): Promise<Attempt<string>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of readBody(response, hub)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) {
        return networkFailure("never", `${url.host}: an answer has more than ${maxBytes} bytes`, "try another mirror");
      }
    }
  } catch (cause) {
    return connectionFailure(url, cause);
  }
  return { kind: "done", value: new TextDecoder().decode(Buffer.concat(chunks)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no schema takes it
  }
}
