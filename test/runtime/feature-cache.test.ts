import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { FeatureCache } from "#runtime/feature-cache.ts";
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
});
