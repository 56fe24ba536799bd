import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AimError, isCancelled } from "#core/errors.ts";
import type { RunRecord } from "#core/record.ts";
import { isGone } from "../media/folder.ts";
import { disposed, request, type Supervised, supervise, superviseFake } from "../support/supervised.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const isLost = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AimError, `${error}`);
  assert.equal(error.code, "kernel-lost", error.message);
  assert.match(error.message, message);
  assert.ok(error.hint);
  return true;
};

/** A run, and the moment at which the kernel has begun it. */
function begin({ supervisor }: Supervised, question: string, signal?: AbortSignal) {
  let onBegun = () => {};
  const begun = new Promise<void>((resolve) => {
    onBegun = resolve;
  });
  const record = supervisor.ask(request(question), { onText: onBegun }, signal);
  record.catch(() => {}); // looked at later
  return { record, begun };
}

const answers = async ({ supervisor }: Supervised): Promise<RunRecord> => await supervisor.ask(request("?"), {});

describe("supervisor/supervisor", function () {
  this.timeout(20_000);
  const keep = disposed();

  it("starts one process with the first call, and says in which state it is", async () => {
    const fake = keep(superviseFake());
    assert.equal(fake.supervisor.state, "off");
    const records = await Promise.all([answers(fake), answers(fake), answers(fake)]);
    assert.deepEqual(fake.states, ["starting", "busy", "idle"]);
    assert.equal(fake.pids().length, 1);
    assert.deepEqual(
      records.map(({ id }) => id),
      ["1", "2", "3"],
    );
  });

  it("gives a record unchanged: typed arrays, NaN and all", async () => {
    const record = await answers(keep(superviseFake()));
    const sent = syntheticRecord({ fields: { id: "1", question: "?" } });
    assert.ok([...sent.visual.importance].some(Number.isNaN));
    assert.ok(record.visual.importance instanceof Float32Array);
    assert.deepEqual(record, sent);
  });

  it("passes the kernel's errors on and goes on", async () => {
    const fake = keep(superviseFake());
    await assert.rejects(fake.supervisor.describe({ base: "/" }), { code: "not-found", hint: "there never is" });
    await answers(fake);
    assert.equal(fake.pids().length, 1);
  });

  it("starts no process to say that no attention is held, and asks one that is there, also in a run", async () => {
    const fake = keep(superviseFake());
    const held = () => fake.supervisor.attentionTrace("1");
    await assert.rejects(held(), { code: "not-found", message: /run 1 is not held/ });
    await assert.rejects(fake.supervisor.attention({ run: "1", token: 0, layer: 0 }), { code: "not-found" });
    assert.equal(fake.pids().length, 0);

    const controller = new AbortController();
    const run = begin(fake, "wait", controller.signal);
    await run.begun;
    await assert.rejects(held(), { code: "not-found", hint: "there never is" });
    controller.abort();
    await assert.rejects(run.record, isCancelled);
  });

  it("tells all pending calls how the kernel died, and starts another for the next", async () => {
    const fake = keep(superviseFake());
    const run = begin(fake, "abort");
    const waiting = answers(fake);
    await Promise.all([
      assert.rejects(run.record, isLost(/crashed in native code \(SIGABRT\)/)),
      assert.rejects(waiting, isLost(/SIGABRT/)),
    ]);
    await assert.rejects(begin(fake, "exit").record, isLost(/exit code 3: FATAL ERROR: something is wrong/));
    await answers(fake);
    assert.equal(fake.pids().length, 3);
  });

  it("says why a kernel could not start, and tries again only when asked", async () => {
    const fake = keep(superviseFake("dies at start"));
    const both = await Promise.allSettled([answers(fake), fake.supervisor.describe({ base: "/" })]);
    for (const each of both) {
      assert.equal(each.status, "rejected");
      assert.ok(isLost(/could not start: it ended with exit code 7: Error: there is no libfake\.so$/)(each.reason));
    }
    assert.equal(fake.pids().length, 1);
    assert.equal(fake.supervisor.state, "off");
    await assert.rejects(answers(fake), isLost(/could not start/));
    assert.equal(fake.pids().length, 2);
  });

  it("says that the kernel's file is missing", async () => {
    const missing = keep(supervise({ modulePath: "/nowhere/kernel.mjs" }));
    await assert.rejects(answers(missing), isLost(/could not start: .*Cannot find module/));
  });

  it("cancels a run in the kernel, and one that waits for it at once", async () => {
    const fake = keep(superviseFake());
    const controllers = [new AbortController(), new AbortController()] as const;
    const first = begin(fake, "wait", controllers[0].signal);
    await first.begun;
    const second = begin(fake, "wait", controllers[1].signal);
    controllers[1].abort();
    await assert.rejects(second.record, isCancelled);
    controllers[0].abort();
    await assert.rejects(first.record, isCancelled);
    assert.equal(fake.pids().length, 1);
  });

  it("takes what a cancelled run gives all the same", async () => {
    const fake = keep(superviseFake());
    const controller = new AbortController();
    const run = begin(fake, "finish anyway", controller.signal);
    await run.begun;
    controller.abort();
    assert.equal((await run.record).question, "finish anyway");
  });

  it("kills a kernel that does not react to a cancellation", async () => {
    const fake = keep(superviseFake("answers", { interruptMs: () => 200 }));
    const controller = new AbortController();
    const run = begin(fake, "block", controller.signal);
    const waiting = answers(fake);
    waiting.catch(() => {});
    await run.begun;
    controller.abort();
    await assert.rejects(run.record, isLost(/did not stop within 0\.2 s/));
    await assert.rejects(waiting, isLost(/did not stop within 0\.2 s/));
    await answers(fake);
    const [killed = 0] = fake.pids();
    assert.ok(await isGone(killed));
  });

  it("does not blame a run that waits for one that does not react", async () => {
    const fake = keep(superviseFake("answers", { interruptMs: () => 50 }));
    const run = begin(fake, "block");
    await run.begun;
    const controller = new AbortController();
    const waiting = begin(fake, "wait", controller.signal);
    controller.abort();
    await assert.rejects(waiting.record, isCancelled);
    await sleep(200);
    assert.equal(fake.supervisor.state, "busy");
  });

  it("starts nothing for a run that is cancelled already", async () => {
    const fake = keep(superviseFake());
    await assert.rejects(begin(fake, "?", AbortSignal.abort()).record, isCancelled);
    assert.equal(fake.pids().length, 0);
  });

  it("lets a run leave that waits for a start", async () => {
    const fake = keep(superviseFake("hangs at start"));
    const controller = new AbortController();
    const run = begin(fake, "?", controller.signal);
    controller.abort();
    await assert.rejects(run.record, isCancelled);
  });

  it("restarts, in a run, in a start and twice at once", async () => {
    const fake = keep(superviseFake());
    const starting = begin(fake, "?");
    await fake.supervisor.restart();
    await assert.rejects(starting.record, isLost(/was restarted/));
    const run = begin(fake, "block");
    await run.begun;
    await Promise.all([
      assert.rejects(run.record, isLost(/was restarted/)),
      fake.supervisor.restart(),
      fake.supervisor.restart(),
    ]);
    assert.equal(fake.supervisor.state, "off");
    for (const pid of fake.pids()) assert.ok(await isGone(pid));
    await answers(fake);
    await fake.supervisor.restart();
    await fake.supervisor.restart();
    assert.equal(fake.pids().length, 3);
  });

  it("has never two processes, even when asked while one is about to end", async () => {
    const fake = keep(superviseFake());
    await answers(fake);
    const restarting = fake.supervisor.restart();
    const next = Promise.all([answers(fake), answers(fake)]);
    await restarting;
    const [first = 0] = fake.pids();
    assert.throws(() => process.kill(first, 0), { code: "ESRCH" });
    await next;
    assert.equal(fake.pids().length, 2);
  });

  it("leaves nothing behind when it is disposed of", async () => {
    const [starting, running, off] = [superviseFake("hangs at start"), superviseFake(), superviseFake()];
    const first = begin(starting, "?");
    const run = begin(running, "block");
    await run.begun;
    await Promise.all([starting, running, off].map(({ supervisor }) => supervisor.dispose()));
    await assert.rejects(first.record, isCancelled);
    await assert.rejects(run.record, isCancelled);
    await assert.rejects(answers(off), isCancelled);
    for (const pid of [...starting.pids(), ...running.pids()]) assert.ok(await isGone(pid));
    assert.equal(off.pids().length, 0);
  });

  it("ends a kernel that has nothing to do, and starts it again", async () => {
    const fake = keep(superviseFake("answers", { idleMs: () => 50 }));
    await answers(fake);
    const [pid = 0] = fake.pids();
    assert.ok(await isGone(pid));
    await answers(fake);
    assert.deepEqual(fake.states.slice(0, 5), ["starting", "busy", "idle", "off", "starting"]);
    assert.deepEqual(
      fake.log.filter(({ level }) => level === "error"),
      [],
    );
  });

  it("does not end a kernel that works", async () => {
    const fake = keep(superviseFake("answers", { idleMs: () => 50 }));
    const controller = new AbortController();
    const run = begin(fake, "finish anyway", controller.signal);
    await run.begun;
    await sleep(200);
    controller.abort();
    await run.record;
    assert.equal(fake.pids().length, 1);
  });

  it("kills an idle kernel that does not leave", async () => {
    const fake = keep(superviseFake("stays", { idleMs: () => 20 }));
    await answers(fake);
    await answers(fake); // waits for the first to be gone, if its time was up
    for (const pid of fake.pids()) {
      for (let i = 0; i < 2 && !(await isGone(pid)); i++);
      assert.throws(() => process.kill(pid, 0));
    }
  });

  it("starts another kernel when it is killed from outside", async () => {
    const fake = keep(superviseFake());
    await answers(fake);
    const [pid = 0] = fake.pids();
    const run = begin(fake, "wait");
    await run.begun;
    process.kill(pid, "SIGKILL");
    await assert.rejects(run.record, isLost(/was killed \(SIGKILL\)/));
    await answers(fake);
    assert.equal(fake.pids().length, 2);
  });
});

describe("supervisor/supervisor, in a process that is killed", function () {
  this.timeout(20_000);

  for (const question of ["wait", "block"]) {
    it(`takes its kernel with it, in a run that ${question}s`, async () => {
      const editor = fork(path.join(import.meta.dirname, "../support/fake-editor.ts"), [question]);
      const [pid] = await once(editor, "message");
      process.kill(Number(pid), 0); // it lives
      editor.kill("SIGKILL");
      assert.ok(await isGone(Number(pid)));
    });
  }
});
