import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isPartial, partialName, removeAbandoned } from "#library/partial-file.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A process id that nobody has any more. */
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

describe("partial-file", () => {
  const at = temporaryFolder();

  /** Writes a file as another process, maybe of another machine, would name it. */
  function write(pid: number, space?: string): string {
    const name = partialName(at("models", "weights.bin"))
      .replace(`-${process.pid}-`, `-${pid}-`)
      .replace(/\.[0-9a-f]{8}-/, (own) => (space ? `.${space}-` : own));
    mkdirSync(path.dirname(name), { recursive: true });
    writeFileSync(name, "half");
    return name;
  }

  it("names a neighbour, another one each time", () => {
    const [a, b] = [partialName(at("x.f32")), partialName(at("x.f32"))];
    assert.equal(path.dirname(a), at());
    assert.notEqual(a, b);
    assert.ok(isPartial(a) && !isPartial(at("x.f32")) && !isPartial(at("film.part")));
  });

  it("removes what dead processes were writing, and nothing else", () => {
    const dead = write(deadPid());
    const kept = [write(process.pid), write(process.ppid), write(1), write(deadPid(), "00000000"), at("film.part")];
    writeFileSync(at("film.part"), "");
    removeAbandoned(at());
    assert.ok(!existsSync(dead));
    for (const file of kept) assert.ok(existsSync(file), file);
  });

  it("removes what has not changed for a day, wherever its writer was", () => {
    const old = write(deadPid(), "00000000");
    utimesSync(old, new Date(), new Date(Date.now() - 25 * 3600 * 1000));
    removeAbandoned(at());
    assert.ok(!existsSync(old));
  });

  it("passes over a folder that is not there", () => {
    removeAbandoned(at("nowhere"));
  });
});
