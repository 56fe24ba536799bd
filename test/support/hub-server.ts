import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type HubFaults, sendBody } from "./hub-faults.ts";
import { commitOf, listTree, type TreeEntry } from "./hub-repository.ts";

/** A request as it came. */
export interface HubRequest {
  readonly host: "hub" | "store";
  readonly url: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/**
 * The API of a model hub over the folders ORGANISATION/NAME below a folder, on this machine, with faults to order: revisions (`main`
 * and the commit), trees in pages, files with ranges, and a second host that large files come from. Files may change while it runs.
 */
export class HubServer {
  readonly faults: HubFaults;
  /** All requests so far. */
  readonly requests: HubRequest[] = [];
  #folder = "";
  #hub: Server | undefined;
  #store: Server | undefined;

  constructor(faults: HubFaults = {}) {
    this.faults = faults;
  }

  async start(folder: string): Promise<void> {
    this.#folder = folder;
    [this.#hub, this.#store] = await Promise.all([
      listen((request, response) => this.#answerHub(request, response)),
      listen((request, response) => this.#answerStore(request, response)),
    ]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#hub, this.#store].map((server) => close(server)));
  }

  get url(): string {
    return addressOf(this.#hub);
  }

  /** Requests for the file `name` itself, to either host. */
  requestsFor(name: string): readonly HubRequest[] {
    return this.requests.filter(({ url }) => url.endsWith(`/${name}`));
  }

  async #answerHub(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#note("hub", request);
    const failure = this.faults.failures?.shift();
    if (failure) {
      const { status, retryAfter, location } = failure;
      return refuse(response, status, {
        ...(retryAfter && { "retry-after": retryAfter }),
        ...(location && { location }),
      });
    }
    const { token, isGated } = this.faults;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) return refuse(response, 401);
    if (isGated) return refuse(response, 403, { "x-error-code": "GatedRepo" });
    const url = new URL(request.url ?? "", this.url);
    const [, id = "", kind, revision = ""] =
      /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)$/.exec(url.pathname) ?? [];
    if (kind === undefined) return this.#answerFile(request, response, url.pathname);
    const tree = listTree(path.join(this.#folder, id));
    if (!tree) return refuse(response, 404, { "x-error-code": "RepoNotFound" });
    const sha = commitOf(tree);
    if (revision !== "main" && revision !== sha) return refuse(response, 404, { "x-error-code": "RevisionNotFound" });
    if (kind === "revision") return sendJson(response, { id, sha, private: false, gated: false });
    this.#answerTree(response, url, tree);
  }

  #answerTree(response: ServerResponse, url: URL, tree: readonly TreeEntry[]): void {
    const { pageSize = 1000, extraEntries = [], hasNoHashes, namesOtherHub } = this.faults;
    const entries = [...tree, ...extraEntries].map((entry) =>
      hasNoHashes ? { type: entry.type, path: entry.path, size: entry.size } : entry,
    );
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const origin = namesOtherHub ? "https://hub.invalid" : this.url;
    const next = `<${origin}${url.pathname}?recursive=true&cursor=${from + pageSize}>; rel="next"`;
    if (from + pageSize < entries.length) response.setHeader("link", next);
    sendJson(response, entries.slice(from, from + pageSize));
  }

  async #answerFile(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    const [, id = "", revision = "", name = ""] = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    const entry = this.#find(id, name);
    if (!entry) return refuse(response, 404, { "x-error-code": "EntryNotFound" });
    response.setHeader("x-repo-commit", revision);
    if (!this.faults.redirects || !entry.lfs) return this.#sendFile(request, response, id, entry);
    if (!this.faults.hasNoHashes) response.setHeader("x-linked-etag", `"${entry.lfs.oid}"`);
    response.setHeader("x-linked-size", entry.size);
    refuse(response, 302, { location: `${addressOf(this.#store)}/${id}/${name}` });
  }

  async #answerStore(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#note("store", request);
    const [, id = "", name = ""] = /^\/([^/]+\/[^/]+)\/(.+)$/.exec(request.url ?? "") ?? [];
    const entry = this.#find(id, name);
    const { expiredLinks = 0 } = this.faults;
    this.faults.expiredLinks = Math.max(0, expiredLinks - 1);
    if (!entry || expiredLinks > 0) return refuse(response, 403);
    await this.#sendFile(request, response, id, entry);
  }

  async #sendFile(request: IncomingMessage, response: ServerResponse, id: string, entry: TreeEntry): Promise<void> {
    const faults = this.#faultsFor(entry.path);
    const etag = `"${entry.lfs?.oid ?? entry.oid}"`;
    if (!this.faults.hasNoEtags) response.setHeader("etag", etag);
    const asked = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const isSame = [undefined, etag].includes(request.headers["if-range"]?.toString());
    const start = faults.ignoresRanges || !isSame ? 0 : asked;
    if (start > 0 && start >= entry.size) return refuse(response, 416, { "content-range": `bytes */${entry.size}` });
    if (faults.extraBytes === undefined) response.setHeader("content-length", entry.size - start);
    if (start > 0) response.setHeader("content-range", `bytes ${start}-${entry.size - 1}/${entry.size}`);
    response.writeHead(start > 0 ? 206 : 200);
    await sendBody(response, path.join(this.#folder, id, entry.path), { ...faults, start, sizeBytes: entry.size });
  }

  #faultsFor(name: string): HubFaults {
    const { faultyFiles, faultyTimes = Number.POSITIVE_INFINITY, bytesPerSecond, ...faults } = this.faults;
    const pace = bytesPerSecond === undefined ? {} : { bytesPerSecond };
    if (faultyTimes <= 0 || faultyFiles?.test(name) === false) return pace;
    this.faults.faultyTimes = faultyTimes - 1;
    return { ...faults, ...pace };
  }

  #find(id: string, name: string): TreeEntry | undefined {
    return listTree(path.join(this.#folder, id))?.find((entry) => entry.type === "file" && entry.path === name);
  }

  #note(host: HubRequest["host"], { url = "", headers }: IncomingMessage): void {
    const ifRange = headers["if-range"]?.toString();
    this.requests.push({ host, url, authorization: headers.authorization, range: headers.range, ifRange });
  }
}

function refuse(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, headers).end("no");
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function close(server: Server | undefined): Promise<void> {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
}

function addressOf(server: Server | undefined): string {
  const address = server?.address() as AddressInfo | null | undefined;
  return `http://127.0.0.1:${address?.port}`;
}
