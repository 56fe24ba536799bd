import { Ops } from "#onnx/ops.ts";

/** Names of the transfer graph's inputs and output. */
export const TRANSFER = { tensor: (index: number) => `tensor.${index}`, values: "values" } as const;

/**
 * Takes `count` tensors of one type and of any shape and gives their values in one row, [all values]: run on a device, with the output on the CPU, it is the way to
 * read what lies there, in one go.
 */
export function buildTransfer(count: number, type: "float32" | "int64"): Ops {
  const g = new Ops("transfer");
  const rows = Array.from({ length: count }, (_, index) =>
    g.reshape(g.input(TRANSFER.tensor(index), type, undefined), [-1]),
  );
  g.output(TRANSFER.values, g.concat(rows, 0), type, ["values"]);
  return g;
}
