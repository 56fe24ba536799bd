import assert from "node:assert/strict";
import fc from "fast-check";
import { RowCache } from "#webview/heatmap/row-cache.ts";

const row = (bytes: number) => new Float32Array(bytes / 4);

describe("RowCache", () => {
  it("lets go of what was used longest ago", () => {
    const cache = new RowCache(24);
    for (const key of ["a", "b", "c"]) cache.set(key, row(8));
    cache.get("a");
    cache.set("d", row(8));
    assert.deepEqual(
      ["a", "b", "c", "d"].map((key) => cache.has(key)),
      [true, false, true, true],
    );
  });

  it("does not take a look for a use", () => {
    const cache = new RowCache(8);
    cache.set("a", row(4));
    cache.set("b", row(4));
    assert.ok(cache.has("a"));
    cache.set("c", row(4));
    assert.ok(!cache.has("a") && cache.has("b"));
  });

  it("counts what is replaced once", () => {
    const cache = new RowCache(100);
    cache.set("a", row(40));
    cache.set("a", row(8));
    assert.equal(cache.bytes, 8);
  });

  it("keeps one row that is larger than the limit", () => {
    const cache = new RowCache(8);
    cache.set("a", row(4));
    const large = row(64);
    cache.set("b", large);
    assert.equal(cache.get("b"), large);
    assert.ok(!cache.has("a"));
  });

  it("never holds more than its limit, unless one row alone is more", () => {
    const use = fc.record({ key: fc.constantFrom("a", "b", "c", "d"), floats: fc.nat(8), isGet: fc.boolean() });
    fc.assert(
      fc.property(fc.array(use), (uses) => {
        const cache = new RowCache(24);
        for (const { key, floats, isGet } of uses) {
          if (isGet) cache.get(key);
          else cache.set(key, new Float32Array(floats));
          const held = ["a", "b", "c", "d"].filter((name) => cache.has(name));
          const bytes = held.reduce((sum, name) => sum + (cache.get(name)?.byteLength ?? 0), 0);
          assert.equal(cache.bytes, bytes);
          assert.ok(bytes <= 24 || held.filter((name) => (cache.get(name)?.byteLength ?? 0) > 0).length === 1);
        }
      }),
    );
  });
});
