import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { downloadFiles } from "#library/hub/download.ts";
import { listRepository } from "#library/hub/listing.ts";
import { HubServer } from "../../support/hub-server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { buildDownloader, startDownload } from "./download-process.ts";
import { assertNoneWrong, assertWhole, writeModel } from "./model-on-hub.ts";

const KILLS = 15;
const SHARD_BYTES = 2_000_000;

describe("a download that is killed", () => {
  const at = temporaryFolder();
  const server = new HubServer({ redirects: true });
  afterEach(() => server.stop());

  it("never leaves half a file in place, and is gone on with", async () => {
    const model = writeModel(at("hub"), { shardBytes: SHARD_BYTES });
    await server.start(at("hub"));
    const script = await buildDownloader(at());
    server.faults.bytesPerSecond = 400_000; // 5 s for all, and the kills come within them
    for (let kill = 0; kill < KILLS; kill++) {
      const child = startDownload(script, server.url, at("model"));
      await child.begun;
      await wait(Math.random() * 400);
      process.kill(child.pid, "SIGKILL");
      await child.ended;
      assertNoneWrong(at("model"), model);
    }
    assert.ok(readdirSync(at("model")).some((name) => name.endsWith(".download")));
    delete server.faults.bytesPerSecond;
    server.requests.length = 0;
    const listing = await listRepository({ id: "lab/model", revision: "main" }, { hubUrl: server.url });
    await downloadFiles(listing, at("model"), { hubUrl: server.url });
    assertWhole(at("model"), model);
    const resumed = server.requests.filter(({ host, range }) => host === "store" && range !== undefined);
    assert.ok(resumed.length > 0, "what the killed processes brought was used");
  });

  it("leaves the folder to others: several at once take turns, and all end well", async () => {
    const model = writeModel(at("hub"), { shardBytes: SHARD_BYTES });
    await server.start(at("hub"));
    const script = await buildDownloader(at());
    const processes = [1, 2, 3].map(() => startDownload(script, server.url, at("model")));
    const said = await Promise.all(processes.map(({ ended }) => ended));
    assert.deepEqual(said, Array(3).fill("begun\ndone\n"));
    assertWhole(at("model"), model);
  });
});
