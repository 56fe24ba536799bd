import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { AimError } from "#core/errors.ts";
import { isLocked, withLock } from "#library/lock.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("withLock", () => {
  const at = temporaryFolder();

  /** What a process with this id would have put there. */
  function claimAs(pid: number, { start = 1, space }: { start?: number; space?: string } = {}): Promise<string> {
    return withLock(at("x"), async () => {
      const [own = ""] = readdirSync(at()).filter((each) => each.endsWith(".lock"));
      const name = own.replace(/\.([0-9a-f]{8})-\d+-\d+-/, (_, here) => `.${space ?? here}-${pid}-${start}-`);
      mkdirSync(at("aside"), { recursive: true });
      writeFileSync(at("aside", name), "");
      return name;
    });
  }
  const leave = (name: string) => renameSync(at("aside", name), at(name));
  const refuse = (pid: number) => new AimError("io", `held by ${pid}`);

  it("lets one work at a time", async () => {
    let [inside, most, done] = [0, 0, 0];
    const work = async () => {
      most = Math.max(most, ++inside);
      await wait(20);
      inside--;
      done++;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(at("x"), work)));
    assert.deepEqual({ most, done }, { most: 1, done: 5 });
    assert.deepEqual(readdirSync(at()), []);
  });

  it("gives the lock back after a failure", async () => {
    await assert.rejects(
      withLock(at("x"), () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.ok(!isLocked(at("x")));
  });

  it("is not held up by a dead process, nor by one that has the id of a dead one", async () => {
    leave(await claimAs(spawnSync(process.execPath, ["--version"]).pid));
    leave(await claimAs(process.ppid, { start: process.platform === "linux" ? 1 : 0 }));
    if (process.platform !== "linux") return; // there a day decides
    assert.equal(await withLock(at("x"), async () => "mine", { busy: refuse }), "mine");
  });

  it("refuses, or waits and can be cancelled, while a live process holds it", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    leave(await claimAs(child.pid ?? 0, { start: 0 }));
    await assert.rejects(
      withLock(at("x"), async () => {}, { busy: refuse }),
      { message: `held by ${child.pid}` },
    );
    const controller = new AbortController();
    const waiting = withLock(at("x"), async () => {}, { signal: controller.signal });
    controller.abort();
    await assert.rejects(waiting, { code: "cancelled" });
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    await withLock(at("x"), async () => {});
  });

  it("believes another machine for a day", async () => {
    const name = await claimAs(1, { space: "00000000" });
    leave(name);
    assert.ok(isLocked(at("x")));
    utimesSync(at(name), new Date(), new Date(Date.now() - 25 * 3600 * 1000));
    assert.ok(!isLocked(at("x")));
  });
});
