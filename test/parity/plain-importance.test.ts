import assert from "node:assert/strict";
import { importance } from "#core/importance.ts";
import { assertClose } from "../support/assert-close.ts";
import { readTensors, setsWith } from "../support/fixtures.ts";

/** Below this, squares have few bits in float32, or none. */
const UNDERFLOW = 1e-20;

for (const set of setsWith("importance.safetensors")) {
  describe(`plain importance, ${set.name}`, () => {
    const tensors = readTensors(set, "importance.safetensors");
    for (const name of tensors.withSuffix(".logits")) {
      const { shape, data } = tensors.floats(`${name}.logits`);
      const [batch = 0, heads = 0, tokens = 0] = shape;
      const size = heads * tokens * tokens;
      const actual = Array.from({ length: batch }, (_, item) =>
        importance(data.subarray(item * size, (item + 1) * size), heads, tokens),
      ).flatMap((values) => [...values]);

      it(`${name}: agrees with the release where float32 holds the value`, () => {
        assertClose(actual, tensors.get(`${name}.importance`).data, { relative: 1e-3, absolute: 1e-15 });
      });

      it(`${name}: agrees with float64`, () => {
        assertClose(actual, tensors.get(`${name}.importance_float64`).data, { relative: 1e-9, absolute: UNDERFLOW });
      });

      it(`${name}: masked columns get 0, all others more unless their squares are too small for float32`, () => {
        const isLive = tensors.get(`${name}.attention_mask`).data;
        const exact = tensors.get(`${name}.importance_float64`).data;
        for (const [token, value] of actual.entries()) {
          if (isLive[token] === 0) assert.equal(value, 0);
          else if ((exact[token] ?? 0) > UNDERFLOW) assert.ok(value > 0, `token ${token}`);
        }
      });
    }
  });
}
