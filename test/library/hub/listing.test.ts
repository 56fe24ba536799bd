import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { HubAccess } from "#library/hub/access.ts";
import { listRepository } from "#library/hub/listing.ts";
import { parseHubId } from "#library/hub/repository.ts";
import { HubServer } from "../../support/hub-server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { assertFails, NEEDED, writeModel } from "./model-on-hub.ts";

describe("listRepository", () => {
  const at = temporaryFolder();
  let server: HubServer;
  let model: string;

  beforeEach(async () => {
    model = writeModel(at("hub"));
    server = new HubServer();
    await server.start(at("hub"));
  });
  afterEach(() => server.stop());

  const list = (access: Partial<HubAccess> = {}, name = "lab/model") =>
    listRepository(parseHubId(name) ?? { id: name, revision: "main" }, {
      hubUrl: server.url,
      stallMs: 5000,
      retryMs: 1,
      ...access,
    });
  const names = async () => (await list()).files.map(({ name }) => name).sort();

  it("gives the files that a checkpoint needs, smallest first, with sizes and hashes, at a commit", async () => {
    const { id, commit, files } = await list();
    assert.equal(id, "lab/model");
    assert.match(commit, /^[0-9a-f]{40}$/);
    assert.deepEqual(files.map(({ name }) => name).sort(), NEEDED);
    assert.deepEqual(
      [...files].sort((a, b) => a.sizeBytes - b.sizeBytes),
      files,
    );
    const shard = files.find(({ name }) => name === NEEDED[2]);
    assert.equal(shard?.sizeBytes, 200_000);
    assert.match(shard?.sha256 ?? "", /^[0-9a-f]{64}$/);
    // git hash-object of an empty file
    assert.equal(files[0]?.gitSha1, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    assert.deepEqual(await list({}, `lab/model@${commit}`), { id, commit, files });
  });

  it("takes the single weight file if there are shards, too", async () => {
    writeFileSync(path.join(model, "model.safetensors"), "weights");
    assert.deepEqual(
      (await names()).filter((name) => name.startsWith("model")),
      ["model.safetensors"],
    );
  });

  it("reads all pages, also of a mirror that names the hub behind it", async () => {
    Object.assign(server.faults, { pageSize: 2, namesOtherHub: true });
    assert.deepEqual(await names(), NEEDED);
  });

  it("asks a hub below a path", async () => {
    await assertFails(list({ hubUrl: `${server.url}/mirror/` }), { code: "not-found", message: /lab\/model/ });
    assert.match(server.requests[0]?.url ?? "", /^\/mirror\/api\/models\/lab\/model\/revision\/main$/);
  });

  it("ends with a page that never ends, and with answers that are too large", async () => {
    Object.assign(server.faults, { pageSize: 0 });
    await assertFails(list(), { code: "network", message: /more than/ });
    const extra = { type: "file", path: "x".repeat(1000), size: 1 };
    Object.assign(server.faults, { pageSize: 1e6, extraEntries: Array.from({ length: 20_000 }, () => extra) });
    await assertFails(list(), { code: "network", message: /an answer has more than \d+ bytes/ });
  });

  it("never takes a file by a name that leads elsewhere", async () => {
    const evil = ["../config.json", "/etc/x.safetensors", "a/../../model.safetensors", "C:\\model.safetensors", "CON"];
    server.faults.extraEntries = evil.map((name) => ({ type: "file", path: name, size: 1 }));
    assert.deepEqual(await names(), NEEDED);
    for (const shard of [
      "../x.safetensors",
      "a/x.safetensors",
      "nul.safetensors",
      "x\u0000.safetensors",
      "missing.safetensors",
    ]) {
      const isThere = shard !== "missing.safetensors";
      server.faults.extraEntries = isThere ? [{ type: "file", path: shard, size: 1 }] : [];
      writeFileSync(path.join(model, "model.safetensors.index.json"), JSON.stringify({ weight_map: { a: shard } }));
      await assertFails(list(), { code: "invalid-model", message: /index\.json names ".*safetensors"/, hint: /trust/ });
    }
  });

  it("refuses sizes that no file has", async () => {
    for (const size of [-1, 0.5, 2 ** 60]) {
      server.faults.extraEntries = [{ type: "file", path: "model.safetensors", size }];
      await assertFails(list(), { code: "network", message: /something else \(.*size/ });
    }
  });

  it("says what there is if it is no checkpoint", async () => {
    for (const name of NEEDED.filter((each) => each.startsWith("model"))) rmSync(path.join(model, name));
    await assertFails(list(), {
      code: "not-found",
      message: /no model\.safetensors, only pytorch_model\.bin/,
      hint: /layout/,
    });
    rmSync(path.join(model, "config.json"));
    await assertFails(list(), { code: "not-found", message: /no config\.json/ });
  });

  it("says how to give a token, and sends it", async () => {
    server.faults.token = "hf_right";
    await assertFails(list(), { code: "access", message: /401/, hint: /HF_TOKEN/ });
    await assertFails(list({ token: "hf_wrong" }), { code: "access", message: /401/, hint: /valid/ });
    assert.equal((await list({ token: "hf_right" })).files.length, NEEDED.length);
    await assertFails(list({ token: "a\r\nx: y" }), { code: "invalid-argument", message: /^(?!.*x: y)/ });
  });

  it("says where to accept the licence of a gated model", async () => {
    server.faults.isGated = true;
    await assertFails(list({ token: "t" }), {
      code: "access",
      message: /403/,
      hint: new RegExp(`licence at ${server.url}/lab/model`),
    });
  });

  it("tells a missing model from a missing revision", async () => {
    await assertFails(list({}, "lab/other"), { code: "not-found", message: /lab\/other: not found/, hint: /name/ });
    await assertFails(list({}, "lab/model@v9"), { code: "not-found", message: /no such revision/ });
  });

  it("asks again after 429 and 5xx, and waits as long as it is told", async () => {
    server.faults.failures = [{ status: 503 }, { status: 429, retryAfter: "1" }, { status: 500 }];
    const startMs = Date.now();
    assert.equal((await list()).files.length, NEEDED.length);
    assert.ok(Date.now() - startMs >= 950);
    server.faults.failures = Array.from({ length: 9 }, () => ({ status: 502 }));
    await assertFails(list(), { code: "network", message: /502/, hint: /later/ });
    assert.equal(server.faults.failures.length, 4);
    server.faults.failures = [{ status: 429, retryAfter: "86400" }];
    await assertFails(list(), { code: "network", message: /too many requests/ });
  });

  it("says at once that a hub cannot be reached", async () => {
    const { url } = server;
    await server.stop();
    await assertFails(list({ hubUrl: url, retryMs: 60_000 }), {
      code: "network",
      message: /ECONNREFUSED/,
      hint: /network/,
    });
    await assertFails(list({ hubUrl: "https://no-such-host.invalid", retryMs: 60_000 }), {
      code: "network",
      message: /no-such-host\.invalid: cannot be reached/,
    });
  });

  it("names TLS where it fails, and tries no other way", async () => {
    const hubUrl = server.url.replace("http:", "https:");
    await assertFails(list({ hubUrl, retryMs: 60_000 }), {
      code: "network",
      message: /TLS failed/,
      hint: /NODE_EXTRA_CA_CERTS/,
    });
  });

  it("follows a hub to where a model was moved, but not to addresses that are none", async () => {
    server.faults.failures = [{ status: 307, location: "/api/models/lab/model/revision/main" }];
    assert.equal((await list()).commit.length, 40);
    for (const location of ["file:///etc/passwd", "ftp://x/y", "http://["]) {
      server.faults.failures = [{ status: 302, location }];
      await assertFails(list(), { code: "network", message: /not safe/ });
    }
    server.faults.failures = Array.from({ length: 20 }, () => ({ status: 302, location: "/again" }));
    await assertFails(list(), { code: "network", message: /sends on more than/ });
  });

  it("refuses addresses that are none", async () => {
    for (const hubUrl of ["", "hub", "ftp://hub", "https://me:pw@hub", "https://hub?x"]) {
      await assertFails(list({ hubUrl }), { code: "invalid-argument", message: /address of a hub/ });
    }
  });

  it("ends at once when it is cancelled", async () => {
    const signal = AbortSignal.timeout(50);
    server.faults.failures = [{ status: 429, retryAfter: "60" }];
    await assertFails(list({ signal }), { code: "cancelled", message: /cancelled/, hint: /^$/ });
  });
});
