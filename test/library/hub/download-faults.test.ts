import assert from "node:assert/strict";
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { HubWithModel, SHARD, SHARD_BYTES } from "./hub-with-model.ts";
import { assertFails, assertWhole, noise } from "./model-on-hub.ts";

describe("downloadFiles, of a hub that does wrong", () => {
  const hub = new HubWithModel();

  it("begins a file anew at a server that ignores ranges", async () => {
    await hub.downloadHalf();
    hub.server.faults.ignoresRanges = true;
    await hub.download();
    assert.deepEqual(hub.ranges(), ["bytes=100000-"]);
    assertWhole(hub.at("model"), hub.model);
  });

  it("never glues a changed file to an old start", async () => {
    for (const faults of [{}, { hasNoHashes: true }]) {
      Object.assign(hub.server.faults, faults);
      await hub.list();
      await hub.downloadHalf();
      writeFileSync(path.join(hub.model, SHARD), noise(`changed ${Object.keys(faults)}`, SHARD_BYTES));
      // the old listing: the server has something else under the same commit
      if (!("hasNoHashes" in faults))
        await assertFails(hub.download(), { code: "network", message: /content is wrong/ });
      await hub.list();
      await hub.download();
      assertWhole(hub.at("model"), hub.model);
    }
  });

  it("does not go on with bytes of which nothing tells what they are", async () => {
    Object.assign(hub.server.faults, { hasNoHashes: true, hasNoEtags: true });
    await hub.list();
    await hub.downloadHalf();
    await hub.download();
    assert.deepEqual(hub.ranges(), [undefined]);
    assertWhole(hub.at("model"), hub.model);
  });

  it("refuses a file of another size than the listing tells", async () => {
    appendFileSync(path.join(hub.model, SHARD), "more");
    await assertFails(hub.download(), {
      code: "network",
      message: /has another file than its listing tells.*200004/,
      hint: /again/,
    });
    assert.ok(!existsSync(hub.at("model", SHARD)));
  });

  it("goes on when a connection breaks or a server stalls", async () => {
    Object.assign(hub.server.faults, { breaksAfterBytes: 70_000, faultyFiles: /00002-of/, faultyTimes: 2 });
    await hub.download();
    assert.deepEqual(hub.ranges(), [undefined, "bytes=70000-", "bytes=140000-"]);
    rmSync(hub.at("model"), { recursive: true });
    hub.server.requests.length = 0;
    Object.assign(hub.server.faults, { breaksAfterBytes: undefined, stallsAfterBytes: 70_000, faultyTimes: 1 });
    await hub.download({ stallMs: 150 });
    assert.deepEqual(hub.ranges(), [undefined, "bytes=70000-"]);
    assertWhole(hub.at("model"), hub.model);
  });

  it("gives up on a server that stalls each time, and goes on later", async () => {
    Object.assign(hub.server.faults, { stallsAfterBytes: 1000, faultyFiles: /00002-of/ });
    await assertFails(hub.download({ stallMs: 100 }), {
      code: "network",
      message: /127\.0\.0\.1:\d+: the server sends nothing \(no byte for 0\.1 s\)/,
      hint: /the same command goes on where it stopped/,
    });
    assert.equal(hub.server.requestsFor(SHARD).length, 5);
    hub.server.requests.length = 0;
    hub.server.faults.stallsAfterBytes = SHARD_BYTES;
    await hub.download();
    assert.deepEqual(hub.ranges(), ["bytes=5000-"]);
    assertWhole(hub.at("model"), hub.model);
  });

  it("does not take a slow server for one that stalls", async () => {
    hub.server.faults.bytesPerSecond = 200_000;
    await hub.download({ stallMs: 600 });
    assert.equal(hub.server.requestsFor(SHARD).length, 1);
    assertWhole(hub.at("model"), hub.model);
  });

  for (const extraBytes of [-50_000, 10]) {
    it(`ends clearly where ${extraBytes} bytes more come than were announced`, async () => {
      Object.assign(hub.server.faults, { extraBytes, faultyFiles: /00002-of/, faultyTimes: 1 });
      await hub.download();
      assertWhole(hub.at("model"), hub.model);
      rmSync(hub.at("model"), { recursive: true });
      // of fewer bytes each answer brings some, so that even those end well; none at all do not
      Object.assign(hub.server.faults, { extraBytes: extraBytes < 0 ? -SHARD_BYTES : extraBytes, faultyTimes: 99 });
      await assertFails(hub.download(), {
        code: "network",
        message: extraBytes < 0 ? /ends after 0 of 200000/ : /more than 200000/,
      });
      assert.ok(!existsSync(hub.at("model", SHARD)));
    });
  }

  it("removes what has the wrong hash, and only that", async () => {
    Object.assign(hub.server.faults, { hasWrongBytes: true, faultyFiles: /00002-of|tokenizer/ });
    await hub.download({}, hub.only("config.json"));
    for (const name of [SHARD, "tokenizer.json"]) {
      await assertFails(hub.download({}, hub.only(name)), {
        code: "network",
        message: new RegExp(`${name}: .*hash is`),
        hint: /others stay/,
      });
    }
    assert.deepEqual(readdirSync(hub.at("model")), ["config.json"]);
    delete hub.server.faults.hasWrongBytes;
    await hub.download();
    assertWhole(hub.at("model"), hub.model);
  });

  it("sees before the first byte that the hub sends on to another file", async () => {
    hub.server.faults.redirects = true;
    writeFileSync(path.join(hub.model, SHARD), noise("other", SHARD_BYTES));
    await assertFails(hub.download(), { code: "network", message: /its sha256 is [0-9a-f]{64}/ });
  });

  it("says that access was refused", async () => {
    hub.server.faults.token = "t";
    await assertFails(hub.download(), { code: "access", message: /401/, hint: /HF_TOKEN/ });
  });

  it("says that the hub is gone, and that the same command goes on", async () => {
    const { url } = hub.server;
    await hub.server.stop();
    await assertFails(hub.download({ hubUrl: url }), { code: "network", message: /ECONNREFUSED/, hint: /goes on/ });
  });
});
