import { one } from "#onnx/graph.ts";
import type { Ops } from "#onnx/ops.ts";
import type { DecoderConfig } from "./config.ts";
import type { Attention, Projections } from "./sweep.ts";

/** KV cache of the tokens before these, each [1, kvHeads, past, headDim]; past may be 0. */
export interface Past {
  readonly keys: string;
  readonly values: string;
}

/** Causal attention to the cache and to themselves (GroupQueryAttention, flash on the CPU): for layers that do not prune, and for decoding. */
export function cachedAttention(g: Ops, { q, k, v }: Projections, past: Past, config: DecoderConfig): Attention {
  const total = g.add(g.sizeOf(q, 0), g.sizeOf(past.keys, 2)); // int64 [1]
  const lastIndex = g.cast(g.sub(total, g.ints(1)), "int32");
  const length = g.cast(g.squeeze(total, 0), "int32");
  const batch = (x: string) => g.unsqueeze(x, 0); // [1, n, ...]
  const outputs = g.microsoftOutputs(
    "GroupQueryAttention",
    [batch(q), batch(k), batch(v), past.keys, past.values, lastIndex, length],
    { num_heads: config.heads, kv_num_heads: config.kvHeads },
    3,
  );
  return { out: g.squeeze(one(outputs, 0), 0), keys: one(outputs, 1), values: one(outputs, 2) };
}
