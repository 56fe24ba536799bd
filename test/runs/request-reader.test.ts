import assert from "node:assert/strict";
import { askRequest } from "#runs/request-reader.ts";

const REQUEST = { question: "What?", media: [], base: "/notebooks", settings: {} };

describe("askRequest", () => {
  it("reads a budget, and requests of versions that knew none", () => {
    const settings = { budget: { kind: "seconds", value: 2 }, seed: 1 };
    assert.deepEqual(askRequest({ ...REQUEST, settings }, "request"), { ...REQUEST, settings });
    assert.deepEqual(askRequest(REQUEST, "request"), REQUEST);
  });

  it("refuses what is no budget", () => {
    for (const budget of ["2s", { kind: "minutes", value: 2 }, { kind: "seconds", value: "2" }]) {
      assert.throws(() => askRequest({ ...REQUEST, settings: { budget } }, "request"), /request\.settings\.budget/);
    }
  });
});
