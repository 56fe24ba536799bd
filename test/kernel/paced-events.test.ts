import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { PacedEvents } from "#kernel/paced-events.ts";

describe("kernel/paced-events", () => {
  let told: unknown[] = [];
  let events = new PacedEvents({ onText: () => {}, onProgress: () => {} });
  beforeEach(() => {
    told = [];
    events = new PacedEvents({ onText: (text) => told.push(text), onProgress: (...args) => told.push(args) });
  });

  it("gathers text that comes fast and loses none", () => {
    const pieces = Array.from({ length: 1000 }, (_, i) => `${i} `);
    pieces.forEach(events.onText);
    assert.equal(told[0], "0 ", "the first piece at once");
    const before = told.length;
    events.flush();
    assert.equal(told.join(""), pieces.join(""));
    assert.ok(before < 500, `${before} messages`);
  });

  it("tells what waits without being asked", async () => {
    events.onText("a");
    events.onText("b");
    events.onText("c");
    assert.deepEqual(told, ["a"]);
    await sleep(60);
    assert.deepEqual(told, ["a", "bc"]);
  });

  it("tells each stage at once, the newest of it later, and the last before the next stage", () => {
    events.onProgress("vision", 1, 9);
    events.onProgress("vision", 2, 9);
    events.onProgress("vision", 3, 9);
    events.onProgress("prefill", 0, 100);
    assert.deepEqual(told, [
      ["vision", 1, 9],
      ["vision", 3, 9],
      ["prefill", 0, 100],
    ]);
    events.flush();
    events.flush();
    assert.equal(told.length, 3);
  });
});
