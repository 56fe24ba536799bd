import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { AimError, type AimErrorCode } from "#core/errors.ts";
import { Leash } from "#media/leash.ts";

const code = (expected: AimErrorCode) => (error: unknown) => error instanceof AimError && error.code === expected;
const NEVER = new Promise<never>(() => {});

describe("media/leash", () => {
  const killed = { times: 0 };
  const kill = () => {
    killed.times += 1;
  };
  beforeEach(() => {
    killed.times = 0;
  });

  it("hands on what the process gives", async () => {
    const leash = new Leash(kill, { patienceMs: 10_000 });
    assert.equal(await leash.wait(Promise.resolve(7)), 7);
    await assert.rejects(leash.wait(Promise.reject(new Error("broken"))), /broken/);
    assert.equal(killed.times, 0);
  });

  it("kills when it has to wait for too long, and says so ever after", async () => {
    const leash = new Leash(kill, { patienceMs: 20 });
    await assert.rejects(leash.wait(NEVER), code("io"));
    assert.equal(killed.times, 1);
    await assert.rejects(leash.wait(Promise.resolve(7)), code("io"));
  });

  it("does not count the time between waits", async () => {
    const leash = new Leash(kill, { patienceMs: 20 });
    await leash.wait(Promise.resolve());
    await sleep(60);
    assert.equal(await leash.wait(Promise.resolve(7)), 7);
    assert.equal(killed.times, 0);
  });

  it("kills at once when cancelled, waiting or not", async () => {
    const waiting = new AbortController();
    const leash = new Leash(kill, { patienceMs: 10_000, signal: waiting.signal });
    const work = leash.wait(NEVER);
    waiting.abort();
    assert.equal(killed.times, 1);
    await assert.rejects(work, code("cancelled"));

    const idle = new AbortController();
    const other = new Leash(kill, { patienceMs: 10_000, signal: idle.signal });
    idle.abort();
    assert.equal(killed.times, 2);
    await assert.rejects(other.wait(Promise.resolve(7)), code("cancelled"));
  });

  it("throws the reason, not what the end of the process leads to", async () => {
    let fail = (_: Error) => {};
    const work = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const controller = new AbortController();
    const leash = new Leash(() => fail(new Error("killed")), { patienceMs: 10_000, signal: controller.signal });
    const waiting = leash.wait(work);
    controller.abort();
    await assert.rejects(waiting, code("cancelled"));
  });

  it("kills when cancelled before it begins", async () => {
    const leash = new Leash(kill, { patienceMs: 10_000, signal: AbortSignal.abort() });
    assert.equal(killed.times, 1);
    await assert.rejects(leash.wait(Promise.resolve(7)), code("cancelled"));
  });

  it("kills when released and listens no longer", () => {
    const controller = new AbortController();
    new Leash(kill, { patienceMs: 1, signal: controller.signal }).release();
    controller.abort();
    assert.equal(killed.times, 1);
  });
});
