import assert from "node:assert/strict";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { bytes, floats, packBytes, packFloats, packWhole, wholes } from "#core/packed-array.ts";
import { assertClose } from "../support/assert-close.ts";

const INT32 = [-(2 ** 31), 2 ** 31 - 1] as const;

describe("packed arrays", () => {
  it("give back any whole numbers of 32 bits", () => {
    fc.assert(
      fc.property(fc.int32Array(), (values) => {
        assert.deepEqual(wholes(...INT32)(packWhole(values), "values"), values);
      }),
    );
    const extremes = Int32Array.of(INT32[0], INT32[1], 0, INT32[1], INT32[0]);
    assert.deepEqual(wholes(...INT32)(packWhole(extremes), "values"), extremes);
  });

  it("give back any floats bit by bit", () => {
    fc.assert(
      fc.property(fc.float32Array(), (values) => {
        assert.deepEqual(floats(packFloats(values), "values"), values);
      }),
    );
    const special = Float32Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY, 1e-45);
    assert.deepEqual(floats(packFloats(special), "values"), special);
  });

  it("give back floats in a byte each to a 510th of their range, and then exactly", () => {
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
    fc.assert(
      fc.property(fc.array(finite), (list) => {
        const values = Float32Array.from(list);
        const packed = packBytes(values);
        const once = bytes(packed, "values");
        const range = values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);
        assertClose(once, values, range / 510 + 1e-4);
        assert.deepEqual(bytes(packBytes(once), "values"), once);
      }),
    );
    const cosines = Float32Array.of(-1, 0.5, 1);
    assert.deepEqual(
      [...bytes(packBytes(cosines), "values")].map((value) => value.toFixed(3)),
      ["-1.000", "0.498", "1.000"],
    );
    assert.equal(packBytes(new Float32Array(300)).base64.length, 400);
  });

  it("take more than one chunk of text", () => {
    const values = Float32Array.from({ length: 20_000 }, (_, i) => i / 7);
    assert.deepEqual(floats(packFloats(values), "values"), values);
  });

  it("take one byte for each of many neighbouring numbers", () => {
    const packed = packWhole(Int32Array.from({ length: 3000 }, (_, i) => i));
    assert.equal(packed.base64.length, 4000);
  });

  it("refuse what is cut, not base64, of another kind or out of bounds", () => {
    const refuses = (read: () => unknown) =>
      assert.throws(
        read,
        (error) =>
          error instanceof AimError && error.code === "invalid-argument" && error.message.startsWith("here must"),
      );
    refuses(() => wholes(0, 9)({ dtype: "delta", base64: btoa("\x80") }, "here"));
    refuses(() => wholes(0, 9)({ dtype: "delta", base64: btoa("\xff\xff\xff\xff\xff\xff\x01") }, "here"));
    refuses(() => wholes(0, 9)({ dtype: "delta", base64: "*" }, "here"));
    refuses(() => wholes(0, 9)(packWhole(Int32Array.of(3, 10)), "here"));
    refuses(() => bytes({ dtype: "u8", least: 1, most: 0, base64: "" }, "here"));
    assert.throws(() => bytes({ dtype: "u8", most: 0, base64: "" }, "here"), /here\.least must be a number/);
    refuses(() => floats({ dtype: "f32", base64: btoa("abc") }, "here"));
    assert.throws(() => floats(packWhole(Int32Array.of(1)), "here"), /here\.dtype must be one of f32/);
    assert.throws(() => wholes(0, 9)(undefined, "here"), /here must be an object/);
  });
});
