import assert from "node:assert/strict";
import { Transfer } from "#core/transfer.ts";

describe("core/transfer", () => {
  it("says how much there is, and after a second how fast it comes and how long it takes", () => {
    const transfer = new Transfer();
    assert.equal(transfer.text(0, 1e9, 0), "0 bytes of 1 GB");
    assert.equal(transfer.text(5e6, 1e9, 500), "5 MB of 1 GB");
    assert.equal(transfer.text(100e6, 1e9, 10_000), "100 MB of 1 GB, 10 MB/s, 1 min 30 s left");
  });

  it("goes by the last ten seconds, and knows no rate where nothing comes", () => {
    const transfer = new Transfer();
    for (let second = 0; second <= 20; second++) transfer.text(second * 1e6, 1e9, second * 1000);
    assert.match(transfer.text(120e6, 1e9, 30_000), /^120 MB of 1 GB, 10 MB\/s, /);
    assert.equal(transfer.text(120e6, 1e9, 50_000), "120 MB of 1 GB");
  });

  it("begins anew with the next stage", () => {
    const transfer = new Transfer();
    transfer.text(900e6, 1e9, 0);
    transfer.text(1e9, 1e9, 5000);
    assert.equal(transfer.text(1e6, 2e9, 6000), "1 MB of 2 GB");
  });
});
