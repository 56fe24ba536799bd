import assert from "node:assert/strict";
import { seededRandom } from "#core/random.ts";
import { int8 } from "#model/precision/int8.ts";
import { q4 } from "#model/precision/q4.ts";
import { q8 } from "#model/precision/q8.ts";
import type { Recipe } from "#model/precision/recipe.ts";
import { ConvertedStore } from "#model/store.ts";
import { openWeights } from "#model/weights.ts";
import { encodeModel } from "#onnx/encode.ts";
import { Ops } from "#onnx/ops.ts";
import { convert } from "#runtime/convert.ts";
import { floats, floatsOf, GraphSession } from "#runtime/session.ts";
import { writeSafetensors } from "../../../tools/checkpoint/write-safetensors.ts";
import { assertClose } from "../../support/assert-close.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const TOKENS = 5;

interface Case {
  readonly outputs: number;
  readonly inputs: number;
  readonly weight: Float32Array;
  readonly x: Float32Array;
  /** Weights of a norm that the matrix is said to follow. */
  readonly norm?: Float32Array;
}

/** A weight matrix and input; `value` draws the input's numbers. */
function makeCase(outputs: number, inputs: number, value: (random: () => number, column: number) => number): Case {
  const random = seededRandom(outputs + inputs);
  const weight = Float32Array.from({ length: outputs * inputs }, () => random() - 0.4);
  const x = Float32Array.from({ length: TOKENS * inputs }, (_, i) => value(random, i % inputs));
  return { outputs, inputs, weight, x };
}

/** x [n, in] times the transpose of weight [out, in]. */
function product(x: Float32Array, weight: Float32Array, { inputs, outputs }: Case): Float32Array {
  return Float32Array.from({ length: TOKENS * outputs }, (_, i) => {
    const [row, column] = [Math.floor(i / outputs), i % outputs];
    let sum = 0;
    for (let k = 0; k < inputs; k++) sum += (x[row * inputs + k] ?? 0) * (weight[column * inputs + k] ?? 0);
    return sum;
  });
}

describe("recipes on one layer", () => {
  const at = temporaryFolder();

  /** What a recipe makes of the layer in ONNX Runtime, and the tensors that it converted the weight to. */
  async function run(recipe: Recipe, { outputs, inputs, weight, x, norm }: Case) {
    const source = (name: string, shape: number[], { buffer }: Float32Array) => {
      const bytes = new Uint8Array(buffer);
      return { name, dtype: "F32", shape, sizeBytes: bytes.length, pieces: [bytes] };
    };
    const norms = norm ? [source("norm", [inputs], norm)] : [];
    writeSafetensors(at("model.safetensors"), [source("w", [outputs, inputs], weight), ...norms]);
    const weights = openWeights(at());
    const store = new ConvertedStore(weights, at("cache"), "test");
    if (norm) store.balance(["norm"], ["w"]);
    const g = new Ops("layer");
    const y = recipe.linear(g, g.input("x", "float32", ["n", inputs]), { weight: "w", outputs, inputs }, store);
    g.output("y", y, "float32", ["n", outputs]);
    await convert(store);
    const session = await GraphSession.load(encodeModel(g), { device: "cpu", folder: store.folder });
    const result = floatsOf(await session.run({ x: floats(x, [TOKENS, inputs]) }), "y").slice();
    const tensors = new Map(
      store.tensors.jobs.map(({ name, chunks }) => [name, Uint8Array.from(Buffer.concat([...chunks()]))]),
    );
    await session.close();
    weights.close();
    const tensor = (suffix: string) => tensors.get(`w:${suffix}`) ?? assert.fail(suffix);
    return { result, tensor, isWide: g.nodes.some(({ op }) => op === "DequantizeLinear") };
  }

  /** Whole numbers, of which every 32 hold 127: rounding them to 8 bits by block or token changes nothing. */
  const exactInput = (random: () => number, column: number) =>
    column % 32 === 0 ? 127 : Math.floor(random() * 255) - 127;

  for (const inputs of [32, 40, 96, 200]) {
    it(`q4 computes with its levels, scales and zero points, ${inputs} inputs`, async () => {
      const layer = makeCase(7, inputs, exactInput);
      const { result, tensor } = await run(q4, layer);
      const [levels, zeros, scales] = [tensor("q4"), tensor("q4-zeros"), new Float32Array(tensor("q4-scales").buffer)];
      const blocks = Math.ceil(inputs / 32);
      const half = (bytes: Uint8Array, i: number) => ((bytes[i >> 1] ?? 0) >> (4 * (i & 1))) & 15;
      const plain = layer.weight.map((_, i) => {
        const [row, column] = [Math.floor(i / inputs), i % inputs];
        const block = row * blocks + Math.floor(column / 32);
        const zero = half(zeros, row * 2 * Math.ceil(blocks / 2) + Math.floor(column / 32));
        return (half(levels, block * 32 + (column % 32)) - zero) * (scales[block] ?? 0);
      });
      assertClose(result, product(layer.x, plain, layer), { absolute: 1e-3, relative: 1e-5 });
      const errors = plain.map((value, i) => Math.abs(value - (layer.weight[i] ?? 0)));
      assert.ok(Math.max(...errors) < 0.06, `${Math.max(...errors)}`);
    });

    it(`q8 computes with its levels and scales, ${inputs} inputs`, async () => {
      const layer = makeCase(7, inputs, exactInput);
      const { result, tensor } = await run(q8, layer);
      const [levels, scales] = [tensor("q8"), new Float32Array(tensor("q8-scales").buffer)];
      const blocks = Math.ceil(inputs / 128);
      const plain = layer.weight.map((_, i) => {
        const [row, column] = [Math.floor(i / inputs), i % inputs];
        return (
          ((levels[row * blocks * 128 + column] ?? 0) - 128) * (scales[row * blocks + Math.floor(column / 128)] ?? 0)
        );
      });
      assertClose(result, product(layer.x, plain, layer), { absolute: 1e-3, relative: 1e-5 });
      assertClose(plain, layer.weight, 0.003);
    });

    it(`int8 rounds tokens and channels as told, ${inputs} inputs`, async () => {
      const layer = makeCase(7, inputs, (random) => random() * 3 - 1);
      const { result, tensor } = await run(int8, layer);
      const [levels, scales] = [new Int8Array(tensor("int8").buffer), new Float32Array(tensor("int8-scales").buffer)];
      const plain = layer.weight.map((_, i) => {
        const [row, column] = [Math.floor(i / inputs), i % inputs];
        return (levels[column * 7 + row] ?? 0) * (scales[row] ?? 0);
      });
      assertClose(result, product(roundTokens(layer), plain, layer), { absolute: 1e-4, relative: 1e-5 });
      assertClose(plain, layer.weight, 0.0025);
    });
  }

  function roundTokens({ x, inputs }: Case): Float32Array {
    return x.map((value, i) => {
      const first = i - (i % inputs);
      const largest = x.subarray(first, first + inputs).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      const scale = Math.fround(largest * Math.fround(1 / 127));
      return Math.round(value / scale) * scale;
    });
  }

  it("int8 gives zeros for a token of zeros", async () => {
    const { result } = await run(
      int8,
      makeCase(7, 40, () => 0),
    );
    assert.ok(result.every((value) => value === 0));
  });

  it("int8 loses nothing to one channel that a norm makes 500 times larger", async () => {
    const layer = makeCase(64, 200, (random, column) => (random() - 0.5) * (column === 3 ? 500 : 1));
    const weight = layer.weight.map((value, i) => (i % 200 === 3 ? 0 : value)); // what the others carry is all that counts
    const lone = { ...layer, weight };
    const exact = product(lone.x, weight, lone);
    const errorOf = (result: Float32Array) =>
      Math.hypot(...result.map((value, i) => value - (exact[i] ?? 0))) / Math.hypot(...exact);
    const even = await run(int8, { ...lone, norm: new Float32Array(200).fill(1) });
    const uneven = await run(int8, { ...lone, norm: new Float32Array(200).fill(1).fill(500, 3, 4) });
    assert.ok(!even.isWide && errorOf(even.result) > 0.3, `${errorOf(even.result)}`);
    assert.ok(uneven.isWide && errorOf(uneven.result) < 0.02, `${errorOf(uneven.result)}`);
  });
});
