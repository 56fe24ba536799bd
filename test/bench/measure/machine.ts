// What ONNX Runtime reaches on this machine with one large operator. Prints one line of JSON; see ../stages/machine.ts.
import { Tensor } from "onnxruntime-node";
import { encodeModel } from "#onnx/encode.ts";
import { bytesOf, Ops } from "#onnx/ops.ts";
import { floats, GraphSession, type Tensors } from "#runtime/session.ts";
import { printFigures, timed } from "./figure.ts";

/** A product of [ROWS, SIDE] and [SIDE, SIDE], about as large as those of a long prompt. */
const [ROWS, SIDE] = [2048, 2048];
/** Values of the tensor that is read: 1 GiB, far more than any cache holds. */
const [READ_ROWS, READ_COLUMNS] = [16_384, 16_384];
const REPEATS = 6;

const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.sin(i));
const levels = Int8Array.from(values, (value) => Math.round(value * 127));
const unsigned = new Uint8Array(ROWS * SIDE).map((_, i) => 128 + (levels[i % levels.length] ?? 0));
const operations = 2 * ROWS * SIDE * SIDE;

const f32Ms = await fastest(
  (g) => {
    const x = g.input("x", "float32", [ROWS, SIDE]);
    const weight = g.initializer("weight", "float32", [SIDE, SIDE], bytesOf(values));
    g.output("y", g.matmul(x, weight), "float32", [ROWS, SIDE]);
  },
  { x: floats(values, [ROWS, SIDE]) },
);

const int8Ms = await fastest(
  (g) => {
    const x = g.input("x", "uint8", [ROWS, SIDE]);
    const weight = g.initializer("weight", "int8", [SIDE, SIDE], bytesOf(levels));
    const zero = g.initializer("zero", "uint8", [], Uint8Array.of(128));
    g.output("y", g.node("MatMulInteger", [x, weight, zero]), "int32", [ROWS, SIDE]);
  },
  { x: new Tensor("uint8", unsigned, [ROWS, SIDE]) },
);

/** Two ways to read a tensor once; what either reaches, the machine can do. */
const large = floats(new Float32Array(READ_ROWS * READ_COLUMNS).fill(1), [READ_ROWS, READ_COLUMNS]);
const row = floats(new Float32Array(READ_ROWS).fill(1), [1, READ_ROWS]);
const productMs = await fastest(
  (g) => {
    const [x, y] = [g.input("x", "float32", [1, READ_ROWS]), g.input("large", "float32", [READ_ROWS, READ_COLUMNS])];
    g.output("y", g.matmul(x, y), "float32", [1, READ_COLUMNS]);
  },
  { x: row, large },
);
const largestMs = await fastest(
  (g) => {
    const x = g.input("large", "float32", [READ_ROWS, READ_COLUMNS]);
    g.output("y", g.reduceMax(x, 1), "float32", [READ_ROWS, 1]);
  },
  { large },
);

printFigures({
  f32Gflops: operations / f32Ms / 1e6,
  int8Gflops: operations / int8Ms / 1e6,
  readGbPerSecond: (READ_ROWS * READ_COLUMNS * 4) / Math.min(productMs, largestMs) / 1e6,
});

/** Milliseconds of the fastest of some runs of a graph. */
async function fastest(build: (g: Ops) => void, feeds: Tensors): Promise<number> {
  const g = new Ops("machine");
  build(g);
  const session = await GraphSession.load(encodeModel(g), { device: "cpu" });
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < REPEATS; i++) best = Math.min(best, await timed(() => session.run(feeds)));
  await session.close();
  return best;
}
