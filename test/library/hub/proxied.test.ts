import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import path from "node:path";
import { HubServer } from "../../support/hub-server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { buildDownloader, startDownload } from "./download-process.ts";
import { assertWhole, writeModel } from "./model-on-hub.ts";

// A certificate for hub.test that nobody but these tests trusts, until 2126:
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 36500
//   -subj /CN=hub.test -addext subjectAltName=DNS:hub.test
const TLS = path.join(import.meta.dirname, "../../fixtures/hub-tls");
const CERTIFICATE = path.join(TLS, "cert.pem");
const LOGIN = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;

describe("a download through a proxy", () => {
  const at = temporaryFolder();
  const hub = new HubServer();
  /** hub.test with TLS; only the proxy knows where it is. */
  let secure: Server;
  let proxy: Server;
  let asked: (string | undefined)[] = [];
  let model: string;

  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  function passOn(incoming: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(incoming.url ?? "", "http://hub.test");
    const passed = request(hub.url + pathname + search, { headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    passed.end();
  }

  beforeEach(async () => {
    asked = [];
    hub.requests.length = 0;
    model = writeModel(at("hub"));
    await hub.start(at("hub"));
    const [key, cert] = [path.join(TLS, "key.pem"), CERTIFICATE].map((file) => readFileSync(file));
    secure = createSecureServer({ key, cert }, passOn);
    proxy = createServer((incoming, response) => {
      asked.push(`GET ${new URL(incoming.url ?? "").origin}`);
      passOn(incoming, response);
    });
    proxy.on("connect", (incoming, socket) => {
      const isWelcome = incoming.headers["proxy-authorization"] === LOGIN;
      asked.push(`CONNECT ${incoming.url}`);
      socket.on("error", () => socket.destroy());
      if (!isWelcome) return socket.end("HTTP/1.1 407 No\r\n\r\n");
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const onward = connect(portOf(secure), "127.0.0.1");
      onward.on("error", () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    await Promise.all([listen(secure), listen(proxy)]);
  });
  afterEach(async () => {
    for (const server of [secure, proxy]) {
      server.closeAllConnections();
      server.close();
    }
    await hub.stop();
  });

  async function download(hubUrl: string, login: string, environment: Record<string, string> = {}): Promise<string> {
    const address = `http://${login}127.0.0.1:${portOf(proxy)}`;
    const proxies = {
      HTTPS_PROXY: address,
      HTTP_PROXY: address,
      NO_PROXY: "",
      https_proxy: "",
      http_proxy: "",
      no_proxy: "",
    };
    const script = await buildDownloader(at());
    return startDownload(script, hubUrl, at("model"), { environment: { ...proxies, ...environment } }).ended;
  }

  it("goes through a tunnel, and speaks TLS with the hub itself", async () => {
    const said = await download("https://hub.test", "me:p%40ss@", { NODE_EXTRA_CA_CERTS: CERTIFICATE });
    assert.equal(said, "begun\ndone\n");
    assertWhole(at("model"), model);
    assert.deepEqual([...new Set(asked)], ["CONNECT hub.test:443"]);
  });

  it("is refused where the hub's certificate is not trusted", async () => {
    const said = await download("https://hub.test", "me:p%40ss@");
    assert.match(
      said,
      /^network hub\.test: no safe connection: TLS failed \(DEPTH_ZERO_SELF_SIGNED_CERT\).*NODE_EXTRA_CA_CERTS/,
    );
    assert.deepEqual(hub.requests, []);
  });

  it("tells how to log in at the proxy", async () => {
    const said = await download("https://hub.test", "");
    assert.match(said, /^access hub\.test: the proxy opens no way there \(407\).*name:password/);
  });

  it("asks the proxy itself for what is not secret", async () => {
    assert.equal(await download("http://hub.test", ""), "begun\ndone\n");
    assertWhole(at("model"), model);
    assert.deepEqual([...new Set(asked)], ["GET http://hub.test"]);
  });
});
