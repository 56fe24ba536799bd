import assert from "node:assert/strict";
import { isCancelled } from "#core/errors.ts";
import { RunQueue } from "#supervisor/run-queue.ts";

const NEVER = new Promise<never>(() => {});

describe("supervisor/run-queue", () => {
  it("runs one after the other, in the order asked, also after a failure", async () => {
    const queue = new RunQueue(Promise.resolve());
    const seen: string[] = [];
    const run = (name: string) =>
      queue.run(async () => {
        seen.push(`${name} begins`);
        await new Promise((resume) => setImmediate(resume));
        seen.push(`${name} ends`);
        if (name === "a") throw new Error("a failed");
        return name;
      });
    const [a, b, c] = await Promise.allSettled(["a", "b", "c"].map(run));
    assert.equal(a?.status, "rejected");
    assert.deepEqual(
      [b, c],
      [
        { status: "fulfilled", value: "b" },
        { status: "fulfilled", value: "c" },
      ],
    );
    assert.deepEqual(seen, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("lets who waits leave at once, behind a run that never ends and before the start", async () => {
    for (const queue of [new RunQueue(NEVER), new RunQueue(Promise.resolve())]) {
      void queue.run(() => NEVER);
      const controller = new AbortController();
      const waiting = queue.run(async () => assert.fail("it ran"), controller.signal);
      controller.abort();
      await assert.rejects(waiting, isCancelled);
      await assert.rejects(
        queue.run(() => NEVER, AbortSignal.abort()),
        isCancelled,
      );
    }
  });

  it("does not run who has left", async () => {
    let begin = () => {};
    const queue = new RunQueue(
      new Promise<void>((resolve) => {
        begin = resolve;
      }),
    );
    const controller = new AbortController();
    let hasRun = false;
    const left = queue.run(async () => {
      hasRun = true;
    }, controller.signal);
    controller.abort();
    await assert.rejects(left, isCancelled);
    begin();
    assert.equal(await queue.run(async () => "next"), "next");
    assert.equal(hasRun, false);
  });

  it("leaves a run that has begun to itself", async () => {
    const controller = new AbortController();
    const answer = await new RunQueue(Promise.reject(new Error("no start"))).run(async () => {
      controller.abort();
      return "so far";
    }, controller.signal);
    assert.equal(answer, "so far");
  });
});
