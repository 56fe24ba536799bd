import assert from "node:assert/strict";
import { ACTIVATIONS, erf } from "#core/reference/activations.ts";
import { assertClose } from "../../support/assert-close.ts";

describe("erf", () => {
  it("agrees with tables to float64 precision", () => {
    const table = [
      [0, 0],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [3, 0.9999779095030014],
      [5, 0.9999999999984626],
      [-1, -0.8427007929497149],
      [40, 1],
    ] as const;
    for (const [x, value] of table) assertClose([erf(x)], [value], 1e-14);
  });
});

describe("ACTIVATIONS", () => {
  it("pass large values, stop negative ones, and differ near 1", () => {
    for (const activation of Object.values(ACTIVATIONS)) {
      assertClose([activation(20), activation(-20), activation(0)], [20, 0, 0], 1e-9);
    }
    assertClose([ACTIVATIONS.gelu(1)], [0.8413447460685429], 1e-12);
    assert.ok(Math.abs(ACTIVATIONS["gelu-tanh"](1) - 0.8411919906) < 1e-9);
    assert.ok(Math.abs(ACTIVATIONS["quick-gelu"](1) - 0.8457957659) < 1e-9);
  });
});
