import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cachedSnapshot } from "#library/hub-cache.ts";
import { environment } from "../support/environment.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const COMMIT = "0123456789abcdef".repeat(3).slice(0, 40);

describe("cachedSnapshot", () => {
  const at = temporaryFolder();
  environment(() => ({ HF_HUB_CACHE: at("hub"), HF_HOME: at("home"), XDG_CACHE_HOME: at("cache") }));

  function fill(hub: string): string {
    const home = path.join(hub, "models--lab--model");
    mkdirSync(path.join(home, "refs", "pr"), { recursive: true });
    for (const ref of ["main", "pr/1"]) writeFileSync(path.join(home, "refs", ref), `${COMMIT}\n`);
    mkdirSync(path.join(home, "snapshots", COMMIT), { recursive: true });
    return path.join(home, "snapshots", COMMIT);
  }
  const find = (revision: string) => cachedSnapshot({ id: "lab/model", revision });

  it("follows a branch, a path of a reference or a commit to its folder", () => {
    const folder = fill(at("hub"));
    for (const revision of ["main", "pr/1", COMMIT]) assert.deepEqual(find(revision), { folder, commit: COMMIT });
  });

  it("looks where the hub's own tools keep their cache", () => {
    for (const [gone, hub] of [
      ["HF_HUB_CACHE", at("home", "hub")],
      ["HF_HOME", at("cache", "huggingface", "hub")],
    ] as const) {
      delete process.env[gone];
      assert.equal(find("main"), undefined);
      assert.equal(fill(hub), find("main")?.folder);
    }
  });

  it("finds nothing where there is no such model, revision or snapshot", () => {
    assert.equal(find("main"), undefined);
    fill(at("hub"));
    assert.equal(find("other"), undefined);
    assert.equal(find("f".repeat(40)), undefined);
    writeFileSync(at("hub", "models--lab--model", "refs", "main"), "not a commit");
    assert.equal(find("main"), undefined);
  });
});
