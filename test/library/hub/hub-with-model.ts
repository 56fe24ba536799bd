import { readdirSync, statSync } from "node:fs";
import { type DownloadOptions, downloadFiles } from "#library/hub/download.ts";
import { type HubListing, listRepository } from "#library/hub/listing.ts";
import { type HubFaults, setFaults } from "../../support/hub-faults.ts";
import { HubServer } from "../../support/hub-server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { assertFails, writeModel } from "./model-on-hub.ts";

/** The second of the two weight files, of which most tests are. */
export const SHARD = "model-00002-of-00002.safetensors";
export const SHARD_BYTES = 200_000;

/** A hub with one model, and a folder `model` to download it to; fresh for each test of the surrounding `describe`. */
export class HubWithModel {
  readonly at = temporaryFolder();
  readonly server = new HubServer();
  /** Where the hub has the model's files. */
  model = "";
  listing: HubListing = { id: "", commit: "", files: [] };

  constructor() {
    beforeEach(async () => {
      setFaults(this.server.faults, {});
      this.model = writeModel(this.at("hub"), { shardBytes: SHARD_BYTES });
      await this.server.start(this.at("hub"));
      await this.list();
      this.server.requests.length = 0;
    });
    afterEach(() => this.server.stop());
  }

  /** Reads the listing anew. */
  async list(): Promise<void> {
    this.listing = await listRepository({ id: "lab/model", revision: "main" }, { hubUrl: this.server.url });
  }

  download(options: Partial<DownloadOptions> = {}, listing = this.listing): Promise<void> {
    return downloadFiles(listing, this.at("model"), { hubUrl: this.server.url, stallMs: 5000, retryMs: 1, ...options });
  }

  /** The listing, with one file only. */
  only(name: string): HubListing {
    return { ...this.listing, files: this.listing.files.filter((file) => file.name === name) };
  }

  /** The started files in the folder. */
  partials(): readonly string[] {
    return readdirSync(this.at("model")).filter((name) => name.endsWith(".download"));
  }

  /** With which ranges SHARD was asked for. */
  ranges(): readonly (string | undefined)[] {
    return this.server.requestsFor(SHARD).map(({ range }) => range);
  }

  /** A download that is cancelled when half of SHARD is there; its requests do not count. */
  async downloadHalf(): Promise<void> {
    const before: HubFaults = { ...this.server.faults };
    Object.assign(this.server.faults, { breaksAfterBytes: SHARD_BYTES / 2, faultyFiles: /00002-of/ });
    const cancel = new AbortController();
    const isHalf = (name: string) => name.startsWith(SHARD) && statSync(this.at("model", name)).size >= SHARD_BYTES / 2;
    const hasHalf = () => this.ranges().length > 0 && this.partials().some(isHalf);
    const timer = setInterval(() => hasHalf() && cancel.abort(), 1);
    const cancelled = this.download({ signal: cancel.signal, retryMs: 60_000 });
    await assertFails(cancelled, { code: "cancelled", message: /./, hint: /^$/ });
    clearInterval(timer);
    setFaults(this.server.faults, before);
    this.server.requests.length = 0;
  }
}
