import { one } from "#onnx/graph.ts";
import type { Ops } from "#onnx/ops.ts";
import { type Attention, attendBlock, blockInputs, byHead, type Projections } from "./attention-block.ts";
import type { AttentionForm } from "./attention-form.ts";
import type { DecoderConfig } from "./config.ts";
import { eitherAttention } from "./either-attention.ts";
import { loopAttention } from "./sweep.ts";
import { unrolledBlocks } from "./unrolled.ts";

/** Prompts up to this length are one block. */
const ONE_BLOCK = 256;

/** Causal attention of a prompt to itself, where nothing is ranked. `blockSize` (int64 [1]) is the number of queries in a block of a Loop. */
export function promptAttention(
  g: Ops,
  projections: Projections,
  config: DecoderConfig,
  { form, blockSize }: { form: AttentionForm; blockSize: string },
): Attention {
  if (form.cached === "blocks") return blockAttention(g, projections, config);
  if (form.blocksUpTo === undefined) return fusedAttention(g, projections, config);
  const isLong = g.less(g.ints(form.blocksUpTo), g.sizeOf(projections.q, 0));
  return eitherAttention(g, isLong, [
    (branch) => fusedAttention(branch, projections, config),
    (branch) => loopAttention(branch, projections, config, blockSize),
  ]);
}

/** GroupQueryAttention: flash attention on the CPU and, where it is right, on WebGPU. */
function fusedAttention(g: Ops, { q, k, v }: Projections, config: DecoderConfig): Attention {
  const { heads, kvHeads, headDim } = config;
  const count = g.sizeOf(q, 0);
  const nothing = g.node("ConstantOfShape", [g.ints(1, kvHeads, 0, headDim)]); // no past
  const lastIndex = g.cast(g.sub(count, g.ints(1)), "int32");
  const length = g.cast(g.squeeze(count, 0), "int32");
  const batch = (x: string) => g.unsqueeze(x, 0); // [1, n, ...]
  const outputs = g.microsoftOutputs(
    "GroupQueryAttention",
    [batch(q), batch(k), batch(v), nothing, nothing, lastIndex, length],
    { num_heads: heads, kv_num_heads: kvHeads },
    3,
  );
  return { out: g.squeeze(one(outputs, 0), 0), keys: one(outputs, 1), values: one(outputs, 2) };
}

/** The same in plain products, in blocks of queries where they are many, for devices on which a Loop is slow. */
function blockAttention(g: Ops, { q, k, v }: Projections, config: DecoderConfig): Attention {
  const { heads, kvHeads, headDim } = config;
  const keys = byHead(g, k, kvHeads, config);
  const values = byHead(g, v, kvHeads, config);
  const count = g.sizeOf(q, 0);

  const attended = (branch: Ops, largest: string, ranges: readonly { start: string; end: string }[]) => {
    const inputs = blockInputs(branch, { q, keys, values }, largest, config);
    const outs = ranges.map((range) => attendBlock(branch, inputs, range, config).out).reverse();
    branch.output(branch.path("out"), branch.concat(outs, 1), "float32"); // [heads, n, headDim]
    return branch;
  };
  const whole = g.branch("whole");
  attended(whole, count, [{ start: whole.ints(0), end: count }]);
  const blocks = g.branch("blocks");
  const { largest, ranges } = unrolledBlocks(blocks, count);
  attended(blocks, largest, ranges);
  const out = one(g.if(g.less(g.ints(ONE_BLOCK), count), blocks, whole), 0);
  return {
    out: g.reshape(g.transpose(out, [1, 0, 2]), [-1, heads * headDim]),
    keys: g.unsqueeze(keys, 0),
    values: g.unsqueeze(values, 0),
  };
}
