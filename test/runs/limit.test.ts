import assert from "node:assert/strict";
import fc from "fast-check";
import { newestFirst, runsToDrop, totalBytes } from "#runs/limit.ts";

const runs = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 6 }),
      startedAt: fc.integer({ min: 0, max: 5 }).map((day) => `2026-01-0${day}`),
      isPinned: fc.boolean(),
      sizeBytes: fc.integer({ min: 1, max: 100 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 12 },
  )
  .map((list) => list.sort(newestFirst));
const limit = fc.integer({ min: 0, max: 600 });

describe("runsToDrop", () => {
  it("never drops what is pinned, newest or just added", () => {
    fc.assert(
      fc.property(runs, limit, fc.nat(), (list, limitBytes, place) => {
        const added = list[place % list.length]?.id;
        const dropped = runsToDrop(list, limitBytes, added);
        const kept = list.filter(({ isPinned, id }, index) => isPinned || index === 0 || id === added);
        assert.deepEqual(
          kept.filter(({ id }) => dropped.includes(id)),
          [],
        );
      }),
    );
  });

  it("leaves at most the limit, unless what is left may not go", () => {
    fc.assert(
      fc.property(runs, limit, (list, limitBytes) => {
        const dropped = runsToDrop(list, limitBytes);
        const left = list.filter(({ id }) => !dropped.includes(id));
        const mayGo = left.slice(1).filter(({ isPinned }) => !isPinned);
        assert.ok(totalBytes(left) <= limitBytes || mayGo.length === 0);
      }),
    );
  });

  it("drops the oldest first, and no more than needed", () => {
    fc.assert(
      fc.property(runs, limit, (list, limitBytes) => {
        const dropped = runsToDrop(list, limitBytes);
        const candidates = list
          .slice(1)
          .filter(({ isPinned }) => !isPinned)
          .reverse();
        assert.deepEqual(
          dropped,
          candidates.slice(0, dropped.length).map(({ id }) => id),
        );
        const withoutLast = list.filter(({ id }) => !dropped.slice(0, -1).includes(id));
        assert.ok(dropped.length === 0 || totalBytes(withoutLast) > limitBytes);
      }),
    );
  });

  it("does not ask for an order", () => {
    fc.assert(
      fc.property(runs, limit, (list, limitBytes) => {
        assert.deepEqual(runsToDrop(list.toReversed(), limitBytes), runsToDrop(list, limitBytes));
      }),
    );
  });
});
