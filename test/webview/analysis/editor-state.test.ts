import assert from "node:assert/strict";
import { EditorState } from "#webview/analysis/editor-state.ts";

function store(kept: unknown) {
  return {
    state: kept,
    getState() {
      return this.state;
    },
    setState(state: unknown) {
      this.state = JSON.parse(JSON.stringify(state));
    },
  };
}

const CONTENT = { runs: [{ run: { id: "one" }, hasCell: false, canReplay: true }] };

describe("the state of an analysis page", () => {
  it("outlives the page: what it shows, and what was set in it", () => {
    const editor = store(undefined);
    const state = new EditorState(editor);
    state.show(CONTENT);
    state.set("layer", 6);
    state.set("head", "mean");
    state.flush();
    const again = new EditorState(editor);
    assert.deepEqual(again.content, CONTENT);
    assert.equal(again.get("layer"), 6);
    assert.equal(again.get("head"), "mean");
    assert.equal(again.get("toString"), undefined);
  });

  it("begins anew where what was kept is not its own", () => {
    for (const kept of [
      undefined,
      null,
      7,
      "x",
      [],
      { content: { runs: 3 }, values: "no" },
      { content: { runs: [1] } },
    ]) {
      const state = new EditorState(store(kept));
      assert.equal(state.content, undefined);
      assert.equal(state.get("layer"), undefined);
    }
  });
});
