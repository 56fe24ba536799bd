import assert from "node:assert/strict";
import { OneReading } from "#model/precision/one-reading.ts";

describe("OneReading", () => {
  let readings = 0;
  const reading = () =>
    new OneReading(function* () {
      readings++;
      yield { levels: Uint8Array.of(1, 2), scales: Float32Array.of(0.5), zeroPoints: Uint8Array.of(7) };
      yield { levels: Uint8Array.of(3), scales: Float32Array.of(2), zeroPoints: Uint8Array.of(8) };
    });
  const bytes = (chunks: Iterable<Uint8Array>) => Buffer.concat([...chunks]);
  const scales = Buffer.from(Float32Array.of(0.5, 2).buffer);

  beforeEach(() => {
    readings = 0;
  });

  it("reads a matrix once for all parts that are asked for in order", () => {
    const parts = reading();
    assert.deepEqual([...bytes(parts.part("levels"))], [1, 2, 3]);
    assert.deepEqual(bytes(parts.part("scales")), scales);
    assert.deepEqual([...bytes(parts.part("zeroPoints"))], [7, 8]);
    assert.equal(readings, 1);
  });

  it("gives any part by itself, as often as it is asked for", () => {
    const parts = reading();
    assert.deepEqual([...bytes(parts.part("zeroPoints"))], [7, 8]);
    assert.deepEqual(bytes(parts.part("scales")), scales);
    assert.deepEqual(bytes(parts.part("scales")), scales);
    assert.deepEqual([...bytes(parts.part("levels"))], [1, 2, 3]);
    assert.deepEqual([...bytes(parts.part("levels"))], [1, 2, 3]);
  });

  it("leaves nothing behind when it is stopped midway", () => {
    const parts = reading();
    for (const _ of parts.part("levels")) break;
    assert.deepEqual(bytes(parts.part("scales")), scales);
  });
});
