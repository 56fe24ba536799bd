import assert from "node:assert/strict";
import fc from "fast-check";
import { tokensLeft } from "#core/merge.ts";
import { MERGE_OFF } from "#core/merge-settings.ts";
import type { PlainMerger, ReducedGrid } from "#core/method.ts";
import { downsample } from "#core/methods/downsample.ts";
import { random } from "#core/methods/random.ts";
import { METHOD_NAMES, METHODS, methodOf } from "#core/methods.ts";
import { checkPrune, defaultPrune, formatPrune } from "#core/prune-settings.ts";
import { seededRandom } from "#core/random.ts";
import { needsRanking } from "#core/schedule.ts";
import { assertClose } from "../support/assert-close.ts";
import { presetOf } from "../support/preset.ts";

describe("METHODS", () => {
  it("have names of their own, the default first", () => {
    assert.equal(new Set(METHOD_NAMES).size, METHODS.length);
    assert.equal(METHOD_NAMES[0], "aim");
  });

  for (const { name, ranking, reduction, help } of METHODS) {
    it(`${name} fits models of any depth`, () => {
      for (const layers of [1, 2, 3, 8, 28, 32]) {
        const { merge, prune } = reduction({}, presetOf(layers));
        checkPrune(layers, prune);
        assert.ok(merge.retention > 0 && merge.retention <= 1);
        assert.ok(
          ranking !== "none" || !needsRanking(prune),
          `${name} keeps some on ${layers} layers without a ranking`,
        );
      }
      assert.match(help, /^[a-z].*[a-zA-Z]$/);
    });
  }

  it("have the schedules of their papers", () => {
    const written = (layers: number) =>
      Object.fromEntries(
        METHODS.map(({ name, reduction }) => [name, formatPrune(reduction({}, presetOf(layers)).prune)]),
      );
    const plain = { full: "off", random: "off", downsample: "off" };
    const pdrop = "8:50%,16:25%,24:12.5%";
    assert.deepEqual(written(32), { ...plain, aim: "13..21", fastv: "2:50%", pdrop, vtw: "16:0%" });
    assert.deepEqual(written(1), { ...plain, aim: "0..1", fastv: "0:50%", pdrop: "0:12.5%", vtw: "0:0%" });
  });

  it("follow what the user says, but for full", () => {
    const prune = defaultPrune(8);
    for (const { name, reduction } of METHODS) {
      const reduced = reduction({ merge: { retention: 0.5 }, prune }, presetOf(28));
      if (name === "full") assert.deepEqual(reduced, { merge: MERGE_OFF, prune: "off" });
      else assert.deepEqual([reduced.merge.retention, reduced.prune], [0.5, prune], name);
    }
  });

  it("are found by name", () => {
    for (const method of METHODS) assert.equal(methodOf(method.name), method);
    // @ts-expect-error: not a name
    assert.throws(() => methodOf("nothing"), { code: "invalid-argument" });
  });
});

/** A grid of `channels` values a token, each its own. */
const gridOf = (rows: number, columns: number, channels: number) => ({
  rows,
  columns,
  values: Float32Array.from({ length: rows * columns * channels }, (_, i) => Math.sin(i)),
});
const grid = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 }));
const retention = fc.constantFrom(1, 0.7, 0.5, 0.25, 0.125, 0.01);
const reduce = (merger: PlainMerger, [rows, columns, channels]: [number, number, number], share: number, seed = 1) =>
  merger(gridOf(rows, columns, channels), { ...MERGE_OFF, retention: share }, seededRandom(seed));

/** What holds of any merger: sizes agree, and every token that is left stands for at least one that was there. */
function checkReduced(
  { values, rows, positions, grid: left, flops }: ReducedGrid,
  tokens: number,
  channels: number,
): void {
  assert.equal(rows.length, tokens);
  assert.equal(values.length, positions.length * channels);
  assert.deepEqual(
    [...new Set(rows)].filter((row) => row >= 0).sort((a, b) => a - b),
    [...positions.keys()],
  );
  assert.ok(
    positions.every((position, i) => position > (positions[i - 1] ?? -1) && position < left.rows * left.columns),
  );
  assert.ok(positions.length > 0 && flops >= 0);
}

describe("random", () => {
  it("leaves as many tokens as merging, unchanged and in order", () => {
    fc.assert(
      fc.property(grid, retention, fc.nat(), (size, share, seed) => {
        const [rows, columns, channels] = size;
        const tokens = gridOf(rows, columns, channels);
        const reduced = reduce(random.merger, size, share, seed);
        checkReduced(reduced, rows * columns, channels);
        assert.equal(reduced.positions.length, tokensLeft(rows * columns, share));
        for (const [row, position] of reduced.positions.entries()) {
          const value = tokens.values.subarray(position * channels, (position + 1) * channels);
          assert.deepEqual(reduced.values.subarray(row * channels, (row + 1) * channels), value);
          assert.equal(reduced.rows[position], row);
        }
        assert.equal(reduced.rows.filter((row) => row < 0).length, rows * columns - reduced.positions.length);
      }),
    );
  });

  it("chooses by the stream alone, and each token about equally often", () => {
    const positions = (seed: number) => [...reduce(random.merger, [4, 4, 1], 0.25, seed).positions];
    assert.deepEqual(positions(3), positions(3));
    const counts = new Int32Array(16);
    for (let seed = 0; seed < 400; seed++)
      for (const position of positions(seed)) counts[position] = (counts[position] ?? 0) + 1;
    assert.ok(
      counts.every((count) => count > 50 && count < 150),
      counts.join(),
    ); // 100 are expected
  });
});

describe("downsample", () => {
  it("averages whole cells of a coarser grid", () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    const reduced = downsample.merger({ rows: 4, columns: 4, values }, { ...MERGE_OFF, retention: 0.25 }, () => 0);
    assert.deepEqual(reduced.grid, { rows: 2, columns: 2 });
    assert.deepEqual([...reduced.values], [3.5, 5.5, 11.5, 13.5]);
    assert.deepEqual([...reduced.rows], [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]);
  });

  it("leaves about the retention's share", () => {
    const left = (rows: number, columns: number, share: number) =>
      reduce(downsample.merger, [rows, columns, 1], share).positions.length;
    assert.deepEqual(
      [left(14, 14, 0.25), left(14, 14, 0.125), left(7, 7, 0.25), left(27, 27, 0.25)],
      [49, 25, 12, 182],
    );
  });

  it("keeps the mean and leaves nothing out", () => {
    fc.assert(
      fc.property(grid, retention, (size, share) => {
        const [rows, columns, channels] = size;
        const reduced = reduce(downsample.merger, size, share);
        checkReduced(reduced, rows * columns, channels);
        assert.equal(reduced.positions.length, reduced.grid.rows * reduced.grid.columns);
        const sizes = reduced.positions.map((_, cell) => reduced.rows.filter((row) => row === cell).length);
        const sum = reduced.values.reduce(
          (total, value, i) => total + value * (sizes[Math.floor(i / channels)] ?? 0),
          0,
        );
        const { values } = gridOf(rows, columns, channels);
        assertClose([sum], [values.reduce((total, value) => total + value, 0)], 1e-4);
        if (share === 1) assert.deepEqual(reduced.values, values);
      }),
    );
  });
});
