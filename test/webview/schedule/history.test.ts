import assert from "node:assert/strict";
import { edited, isHistoryOf } from "../../../webview/schedule/history.ts";

const cut = (retention: number) => ({ retention, prune: "off" }) as const;

describe("edited", () => {
  it("takes several edits in a row by one control as one", () => {
    const first = edited([], cut(0.5), "slider");
    const dragged = edited(edited(first, cut(0.4), "slider"), cut(0.3), "slider");
    assert.deepEqual(dragged, [{ cut: cut(0.3), by: "slider" }]);
    assert.deepEqual(
      edited(dragged, cut(0.2), "preset 1").map((edit) => edit.by),
      ["slider", "preset 1"],
    );
  });

  it("forgets the oldest of very many", () => {
    let history = edited([], cut(1), "0");
    for (let i = 1; i < 300; i++) history = edited(history, cut(0.5), String(i));
    assert.equal(history.length, 100);
    assert.equal(history.at(-1)?.by, "299");
  });
});

describe("isHistoryOf", () => {
  const isHistory = isHistoryOf(8);
  const of = (prune: unknown, retention: unknown = 0.5) => [{ cut: { retention, prune }, by: "x" }];

  it("knows what was kept of a model of this depth", () => {
    assert.ok(isHistory([]));
    assert.ok(isHistory(of("off")));
    assert.ok(isHistory(of({ kind: "linear", firstLayer: 4, lastLayer: 11 })));
    assert.ok(isHistory(of({ kind: "steps", steps: [{ layer: 2, retention: 0.5 }] })));
  });

  it("refuses what cannot be planned", () => {
    assert.ok(!isHistory(undefined));
    assert.ok(!isHistory([{ by: "x" }]));
    assert.ok(!isHistory(of("off", 0)));
    assert.ok(!isHistory(of("off", 1.5)));
    assert.ok(!isHistory(of({ kind: "linear", firstLayer: 8, lastLayer: 11 })));
    assert.ok(!isHistory(of({ kind: "linear", firstLayer: 5, lastLayer: 5 })));
    assert.ok(!isHistory(of({ kind: "steps", steps: [] })));
    assert.ok(!isHistory(of("on")));
  });
});
