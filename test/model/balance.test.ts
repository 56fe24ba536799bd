import assert from "node:assert/strict";
import fc from "fast-check";
import { Balance, balanceFactors } from "#model/balance.ts";
import { openWeights, type Weights } from "#model/weights.ts";
import { writeSafetensors } from "../../tools/checkpoint/write-safetensors.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("balanceFactors", () => {
  it("brings small columns to between half the median and the median, and leaves the others", () => {
    assert.deepEqual([...balanceFactors(Float64Array.of(1, 0.9, 1.1, 0.51, 0.44, 0.01, 50))], [1, 1, 1, 1, 2, 64, 1]);
  });

  it("are powers of two from 1 to 1,024", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }), (norms) => {
        for (const factor of balanceFactors(Float64Array.from(norms)))
          assert.ok(Number.isInteger(Math.log2(factor)) && factor >= 1 && factor <= 1024, `${factor}`);
      }),
    );
  });

  it("leave columns of zeros as they are", () => {
    assert.deepEqual([...balanceFactors(Float64Array.of(0, 1, 1))], [1, 1, 1]);
    assert.deepEqual([...balanceFactors(new Float64Array(3))], [1, 1, 1]);
  });
});

describe("Balance", () => {
  const at = temporaryFolder();

  function weightsOf(tensors: Readonly<Record<string, { shape: number[]; values: number[] }>>): Weights {
    const sources = Object.entries(tensors).map(([name, { shape, values }]) => {
      const bytes = new Uint8Array(Float32Array.from(values).buffer);
      return { name, dtype: "F32", shape, sizeBytes: bytes.length, pieces: [bytes] };
    });
    writeSafetensors(at("model.safetensors"), sources);
    return openWeights(at());
  }
  const all = (balance: Balance, name: string) => [...balance.rows(name)].flatMap(({ values }) => [...values]);

  it("divides what scales a channel by what it multiplies the columns by that read it", () => {
    const weights = weightsOf({
      norm: { shape: [3], values: [8, 3, 5] },
      wide: { shape: [2, 3], values: [0.125, 1, 1, 0.125, -1, 1] },
    });
    const balance = new Balance(weights);
    balance.add(["norm"], ["wide"]);
    assert.deepEqual(all(balance, "norm"), [1, 3, 5]);
    assert.deepEqual(all(balance, "wide"), [1, 1, 1, 1, -1, 1]);
    assert.ok(balance.isScaled("norm") && !balance.isScaled("wide"));
    weights.close();
  });

  it("takes columns together that read the same channel", () => {
    const weights = weightsOf({
      value: { shape: [2, 1], values: [16, 1] },
      out: { shape: [1, 4], values: [0.25, 1, 0.25, 1] },
    });
    const balance = new Balance(weights);
    balance.add(["value"], ["out"], [0, 1, 0, 1]);
    assert.deepEqual(all(balance, "value"), [4, 1]);
    assert.deepEqual(all(balance, "out"), [1, 1, 1, 1]);
    weights.close();
  });

  it("is not misled by a few large rows", () => {
    const weights = weightsOf({
      norm: { shape: [3], values: [8, 1, 1] },
      wide: { shape: [3, 3], values: [0.125, 1, 1, 0.125, 1, 1, 800, 0, 0] },
    });
    const balance = new Balance(weights);
    balance.add(["norm"], ["wide"]);
    assert.deepEqual(all(balance, "norm"), [8, 1, 1]);
    weights.close();
  });

  it("tells how unequal a norm makes its channels once it is balanced", () => {
    const weights = weightsOf({
      even: { shape: [64], values: Array(64).fill(2) },
      small: { shape: [64], values: [64, ...Array(63).fill(1)] },
      afterEven: { shape: [1, 64], values: Array(64).fill(1) },
      afterSmall: { shape: [1, 64], values: [1 / 64, ...Array(63).fill(1)] },
      afterLarge: { shape: [1, 64], values: Array(64).fill(1) },
    });
    const balance = new Balance(weights);
    balance.add(["even"], ["afterEven"]);
    balance.add(["small"], ["afterSmall"]);
    assert.equal(balance.peak("afterEven"), 1);
    assert.equal(balance.peak("afterSmall"), 1);
    assert.equal(balance.peak("even"), 1);
    const done = new Balance(weights, { isDone: true });
    done.add(["small"], ["afterLarge"]);
    assert.ok(done.peak("afterLarge") > 7);
    weights.close();
  });

  it("gives tensors that are in no group as they are", () => {
    const weights = weightsOf({ other: { shape: [2], values: [3, 4] } });
    assert.deepEqual(all(new Balance(weights), "other"), [3, 4]);
    weights.close();
  });
});
