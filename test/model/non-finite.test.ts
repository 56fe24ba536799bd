import assert from "node:assert/strict";
import fc from "fast-check";
import { narrowToBf16, narrowToF16 } from "#model/half.ts";
import { findNonFinite, type ScanOptions } from "#model/non-finite.ts";
import { openWeights } from "#model/weights.ts";
import { type TensorSource, writeSafetensors } from "../../tools/checkpoint/write-safetensors.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ENCODE = { F32: (values: Float32Array) => values, F16: narrowToF16, BF16: narrowToBf16 };
type Dtype = keyof typeof ENCODE;

function source(name: string, dtype: Dtype, values: Float32Array) {
  const stored = ENCODE[dtype](values);
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  return { name, dtype, shape: [values.length], sizeBytes: bytes.length, pieces: [bytes] };
}

describe("findNonFinite", () => {
  const inFolder = temporaryFolder();
  const scan = async (tensors: TensorSource[], options: ScanOptions = {}) => {
    writeSafetensors(inFolder("model.safetensors"), tensors);
    const weights = openWeights(inFolder());
    try {
      return await findNonFinite(weights, options);
    } finally {
      weights.close();
    }
  };

  const dtypes: Dtype[] = ["F32", "F16", "BF16"];
  for (const dtype of dtypes) {
    it(`finds what a plain look at every ${dtype} finds`, async () => {
      const value = fc.oneof(
        { weight: 9, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 65504, -65504, 0),
      );
      const list = fc.array(value, { minLength: 0, maxLength: 9 });
      await fc.assert(
        fc.asyncProperty(list, async (values) => {
          const sources = source("a", dtype, Float32Array.from(values));
          writeSafetensors(inFolder("model.safetensors"), [sources]);
          const weights = openWeights(inFolder());
          const stored = weights.readFloat32("a");
          const index = stored.findIndex((entry) => !Number.isFinite(entry));
          const expected = index === -1 ? undefined : { name: "a", index, value: stored[index] };
          assert.deepEqual(await findNonFinite(weights), expected);
          weights.close();
        }),
        { numRuns: 100 },
      );
    });

    it(`finds one late in a large tensor of ${dtype}`, async () => {
      const values = new Float32Array(900_001).fill(-1.5);
      assert.equal(await scan([source("a", dtype, values)]), undefined);
      values[900_000] = Number.NEGATIVE_INFINITY;
      const expected = { name: "a", index: 900_000, value: Number.NEGATIVE_INFINITY };
      assert.deepEqual(await scan([source("a", dtype, values)]), expected);
    });

    it(`is not misled by the largest finite ${dtype}`, async () => {
      const largest = { F32: 3.4028234663852886e38, F16: 65504, BF16: 3.3895313892515355e38 }[dtype];
      assert.equal(await scan([source("a", dtype, Float32Array.of(largest, -largest, largest))]), undefined);
    });
  }

  it("names the first tensor that has one, and skips what are no weights", async () => {
    const bad = Float32Array.of(1, 2, Number.NaN);
    const ids = { ...source("ids", "F32", bad), dtype: "I32" };
    const found = await scan([
      ids,
      source("a", "F16", Float32Array.of(1)),
      source("b", "BF16", bad),
      source("c", "F32", bad),
    ]);
    assert.deepEqual(found, { name: "b", index: 2, value: Number.NaN });
  });

  it("reports progress, lets others work and can be cancelled", async () => {
    const large = ["a", "b", "c"].map((name) => source(name, "F32", new Float32Array(2 ** 22)));
    const progress: number[] = [];
    assert.equal(await scan(large, { onProgress: (doneBytes) => progress.push(doneBytes) }), undefined);
    assert.deepEqual(
      progress,
      [1, 2, 3].map((part) => part * 2 ** 24),
    );

    const controller = new AbortController();
    setImmediate(() => controller.abort());
    progress.length = 0;
    const cancelled = scan(large, { signal: controller.signal, onProgress: (doneBytes) => progress.push(doneBytes) });
    await assert.rejects(cancelled, { code: "cancelled" });
    assert.deepEqual(progress, [2 ** 24]);
  });
});
