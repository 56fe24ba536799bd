import { AimError } from "#core/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy through which `url` is to be asked, or undefined: HTTPS_PROXY or HTTP_PROXY by the scheme of `url`, else ALL_PROXY; lower
 * case counts first. NO_PROXY lists hosts that are asked directly: `example.org` with all below it, `host:8080`, `*`; this
 * machine always is. Node's own requests look at none of them before Node 24.
 *
 * Throws `invalid-argument` for a proxy that is not `http://` or `https://`.
 */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name];
  const text = read(url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY") ?? read("ALL_PROXY");
  if (!text || isLoopback(url.hostname) || isExcepted(url, read("NO_PROXY") ?? "")) return undefined;
  const proxy = parseUrl(text.includes("://") ? text : `http://${text}`);
  if (proxy && /^https?:$/.test(proxy.protocol)) return proxy;
  throw new AimError("invalid-argument", `the proxy for ${url.host} must be an http:// or https:// address`, {
    hint: "correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, for example HTTPS_PROXY=http://proxy.example.org:3128",
  });
}

/** The `proxy-authorization` of a proxy whose address holds a name and a password; else nothing. */
export function proxyHeaders(proxy: URL): Readonly<Record<string, string>> {
  if (!proxy.username && !proxy.password) return {};
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}

/** Whether the name of a host, as in a URL, is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || /^(127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function isExcepted(url: URL, exceptions: string): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .some((exception) => {
      const [, host = "", ofPort = port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(exception) ?? [];
      if (exception === "*") return true;
      return host !== "" && ofPort === port && (url.hostname === host || url.hostname.endsWith(`.${host}`));
    });
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
