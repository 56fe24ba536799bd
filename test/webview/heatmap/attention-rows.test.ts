import assert from "node:assert/strict";
import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import { AimError } from "#core/errors.ts";
import { AttentionRows, nearestFirst } from "#webview/heatmap/attention-rows.ts";

const trace: AttentionTrace = {
  run: "run",
  tokens: Array.from({ length: 3 }, (_, i) => ({ text: String(i), role: "question" })),
  layers: 4,
  heads: 2,
  visual: 3,
};

/** Rows that arrive when they are let through, one at a time. */
function loading(isDrawn = Uint8Array.of(1, 1, 1)) {
  const asked: AttentionQuery[] = [];
  const waiting: { resolve: (rows: Float32Array) => void; reject: (error: unknown) => void }[] = [];
  const errors: unknown[] = [];
  let arrived = 0;
  const rows = new AttentionRows({
    trace,
    fetch: (query) => {
      asked.push(query);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    isDrawn,
    onRows: () => arrived++,
    onError: (error) => errors.push(error),
    whenIdle: async () => {},
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return {
    rows,
    asked,
    errors,
    arrived: () => arrived,
    /** Head 0 sees 1, 2, 4 times the layer plus one; head 1 ten times that. */
    arrive: async () => {
      const { layer } = asked.at(-1) ?? { layer: 0 };
      waiting.pop()?.resolve(Float32Array.of(1, 2, 4, 10, 20, 40).map((value) => value * (layer + 1)));
      await settle();
    },
    fail: async (error: unknown) => {
      waiting.pop()?.reject(error);
      await settle();
    },
  };
}

describe("AttentionRows", () => {
  it("loads what is looked at first, then the other layers, nearest first, each once", async () => {
    const { rows, asked, arrive, arrived } = loading();
    rows.want({ token: 1, layer: 1, heads: "mean" });
    for (let i = 0; i < 6; i++) await arrive();
    assert.deepEqual(
      asked.map(({ token, layer }) => [token, layer]),
      [
        [1, 1],
        [1, 2],
        [1, 0],
        [1, 3],
      ],
    );
    assert.equal(arrived(), 4);
  });

  it("has one query under way, and goes on with the last wish", async () => {
    const { rows, asked, arrive } = loading();
    rows.want({ token: 0, layer: 0, heads: "mean" });
    rows.want({ token: 0, layer: 2, heads: "mean" });
    rows.want({ token: 2, layer: 3, heads: "mean" });
    assert.equal(asked.length, 1);
    await arrive();
    assert.deepEqual(asked.slice(1), [{ run: "run", token: 2, layer: 3 }]);
  });

  it("gives reductions and single heads", async () => {
    const { rows, arrive } = loading();
    const wish = { token: 0, layer: 0, heads: "mean" } as const;
    assert.equal(rows.row(wish), undefined);
    rows.want(wish);
    await arrive();
    assert.deepEqual(rows.row(wish), Float32Array.of(5.5, 11, 22));
    assert.deepEqual(rows.row({ ...wish, heads: "max" }), Float32Array.of(10, 20, 40));
    assert.deepEqual(rows.row({ ...wish, heads: 1 }), Float32Array.of(10, 20, 40));
  });

  it("takes ranges over the tokens that are drawn, of one layer or of all that are there", async () => {
    const { rows, arrive } = loading(Uint8Array.of(1, 1, 0));
    const wish = { token: 0, layer: 0, heads: 0 } as const;
    rows.want(wish);
    await arrive();
    assert.deepEqual(rows.range(wish), { leastPositive: 1, most: 2 });
    assert.equal(rows.range({ ...wish, layer: 1 }), undefined);
    await arrive();
    assert.deepEqual(rows.rangeOverLayers(wish), { range: { leastPositive: 1, most: 4 }, layers: 2 });
  });

  it("tells of a failure, and tries again when there is a new wish", async () => {
    const { rows, asked, errors, fail, arrive } = loading();
    const wish = { token: 0, layer: 0, heads: "mean" } as const;
    rows.want(wish);
    await fail(new AimError("not-found", "gone"));
    assert.equal(errors.length, 1);
    rows.want(wish);
    await arrive();
    assert.ok(asked.length >= 2 && rows.row(wish));
  });

  it("is silent once it is stopped", async () => {
    const { rows, asked, arrive, arrived } = loading();
    rows.want({ token: 0, layer: 0, heads: "mean" });
    rows.stop();
    await arrive();
    assert.deepEqual([asked.length, arrived()], [1, 0]);
  });
});

describe("nearestFirst", () => {
  it("names every layer once, the next one before the one before", () => {
    assert.deepEqual(nearestFirst(1, 5), [1, 2, 0, 3, 4]);
    assert.deepEqual(nearestFirst(0, 1), [0]);
  });
});
