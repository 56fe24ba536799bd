import assert from "node:assert/strict";
import { proxyFor, proxyHeaders } from "#library/hub/proxy.ts";
import { assertAimError } from "../../support/assert-error.ts";

const HUB = new URL("https://hub.example.org/a");

describe("proxyFor", () => {
  const host = (url: URL, environment: Record<string, string>) => proxyFor(url, environment)?.host;

  it("takes the proxy of the scheme, else the one for all", () => {
    const environment = { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "p:2", ALL_PROXY: "http://a:3" };
    assert.equal(host(HUB, environment), "s:1");
    assert.equal(host(new URL("http://hub.example.org"), environment), "p:2");
    assert.equal(host(HUB, { ALL_PROXY: "http://a:3" }), "a:3");
    assert.equal(host(HUB, {}), undefined);
    assert.equal(host(HUB, { HTTPS_PROXY: "" }), undefined);
  });

  it("lets names in lower case count first", () => {
    assert.equal(host(HUB, { https_proxy: "http://low:1", HTTPS_PROXY: "http://up:1" }), "low:1");
  });

  it("goes directly to this machine and to what NO_PROXY names, with all below it", () => {
    const direct = (url: string, exceptions: string) =>
      proxyFor(new URL(url), { HTTPS_PROXY: "http://p:1", NO_PROXY: exceptions }) === undefined;
    for (const url of ["https://localhost:9", "https://127.0.0.1", "https://[::1]:8"]) assert.ok(direct(url, ""), url);
    for (const exceptions of [
      "*",
      "example.org",
      ".example.org",
      "*.example.org",
      "x, HUB.example.org",
      "example.org:443",
    ]) {
      assert.ok(direct(HUB.href, exceptions), exceptions);
    }
    for (const exceptions of ["", "ample.org", "a.hub.example.org", "example.org:80", "example", ","]) {
      assert.ok(!direct(HUB.href, exceptions), exceptions);
    }
  });

  it("refuses a proxy that does not speak HTTP, without telling its password", () => {
    assertAimError(() => proxyFor(HUB, { HTTPS_PROXY: "socks5://me:secret@p:1" }), {
      code: "invalid-argument",
      message: /^(?!.*secret).*http:\/\/ or https:\/\//,
      hint: /HTTPS_PROXY=http/,
    });
  });

  it("logs in with what stands in the proxy's address", () => {
    assert.deepEqual(proxyHeaders(new URL("http://p:1")), {});
    assert.deepEqual(proxyHeaders(new URL("http://me:p%40ss@p:1")), {
      "proxy-authorization": `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
    });
  });
});
