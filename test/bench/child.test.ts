import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runProcess } from "./child.ts";

describe("a measuring process", () => {
  const folder = temporaryFolder();

  it("gives its output, and its last words when it fails", async () => {
    assert.equal(await runProcess(process.execPath, ["-e", "console.log(6 * 7)"]), "42\n");
    const fails = runProcess(process.execPath, ["-e", "console.error('too little memory'); process.exit(3)"]);
    await assert.rejects(fails, /ended with 3: too little memory/);
  });

  it("ends with the bench on Ctrl-C, and so does what it started", async function () {
    if (process.platform === "win32") this.skip(); // no signals
    const pidFile = path.join(folder(), "pid");
    const bench = path.join(folder(), "bench.mts");
    const module = JSON.stringify(path.join(import.meta.dirname, "child.ts"));
    writeFileSync(
      bench,
      `import { endChildrenWithUs, runProcess } from ${module};
       endChildrenWithUs();
       await runProcess("sh", ["-c", "sleep 60 & echo $! > ${pidFile}; wait"]);`,
    );
    const running = spawn(process.execPath, ["--import", "tsx", bench], { stdio: "inherit" });
    while (!existsSync(pidFile) || readFileSync(pidFile, "utf8") === "") await sleep(20);
    const sleeper = Number(readFileSync(pidFile, "utf8"));
    assert.ok(isRunning(sleeper));
    running.kill("SIGINT");
    assert.deepEqual(await once(running, "exit"), [130, null]);
    for (let i = 0; i < 100 && isRunning(sleeper); i++) await sleep(20);
    assert.ok(!isRunning(sleeper));
  });
});

/** One that has ended but whose parent has not noticed does not run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, "utf8"));
}
