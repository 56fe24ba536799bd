import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { partialName } from "#library/partial-file.ts";
import { clearFeatureFolder, FeatureCache } from "#runtime/feature-cache.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("FeatureCache", () => {
  const at = temporaryFolder();
  const pixels = Float32Array.of(0.5, -1, 2);
  const features = Float32Array.of(1, 2, 3, 4);

  it("knows pixels again in another process, by content alone", async () => {
    const key = FeatureCache.key("tower f32", pixels);
    await new FeatureCache(at("cache")).set(key, features);
    assert.deepEqual(new FeatureCache(at("cache")).get(FeatureCache.key("tower f32", pixels.slice())), features);
    assert.equal(new FeatureCache(at("cache")).get(FeatureCache.key("tower q8", pixels)), undefined);
    assert.equal(
      new FeatureCache(at("cache")).get(FeatureCache.key("tower f32", Float32Array.of(0.5, -1, 2.001))),
      undefined,
    );
  });

  it("keeps nothing on disk without a folder", async () => {
    const cache = new FeatureCache(undefined);
    await cache.set("k", features);
    assert.deepEqual(cache.get("k"), features);
    assert.deepEqual(readdirSync(at()), []);
  });

  it("goes on without a disk that can be written", async () => {
    writeFileSync(at("file"), "");
    const cache = new FeatureCache(at("file", "cache"));
    await cache.set("key", features);
    assert.deepEqual(cache.get("key"), features);
  });

  it("forgets, and frees the disk but for what is being written", async () => {
    const cache = new FeatureCache(at("cache"));
    await cache.set("key", features);
    const partial = partialName(at("cache", "ke", "other.f32"));
    writeFileSync(partial, "half");
    assert.equal(clearFeatureFolder(at("cache")), features.byteLength);
    assert.deepEqual(readdirSync(at("cache", "ke")), [path.basename(partial)]);
    assert.deepEqual(cache.get("key"), features);
    cache.forget();
    assert.equal(cache.get("key"), undefined);
    assert.equal(clearFeatureFolder(at("nowhere")), 0);
  });

  it("removes what a killed process left when it first writes", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const partial = partialName(at("cache", "ab", "other.f32")).replace(`-${process.pid}-`, `-${pid}-`);
    mkdirSync(path.dirname(partial), { recursive: true });
    writeFileSync(partial, "half");
    await new FeatureCache(at("cache")).set("key", features);
    assert.deepEqual(readdirSync(at("cache", "ab")), []);
  });
});
