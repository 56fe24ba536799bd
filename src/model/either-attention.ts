import { one } from "#onnx/graph.ts";
import type { Ops } from "#onnx/ops.ts";
import type { Attention } from "./attention-block.ts";

/** Attention of one of two kinds: of the first where `condition` (bool [1]) holds. */
export function eitherAttention(
  g: Ops,
  condition: string,
  [first, second]: readonly [(branch: Ops) => Attention, (branch: Ops) => Attention],
): Attention {
  const branch = (name: string, attend: (branch: Ops) => Attention) => {
    const part = g.branch(name);
    const { out, keys, values } = attend(part);
    for (const [output, value] of Object.entries({ out, keys, values }))
      part.output(part.path(output), value, "float32");
    return part;
  };
  const outputs = g.if(condition, branch("first", first), branch("second", second));
  return { out: one(outputs, 0), keys: one(outputs, 1), values: one(outputs, 2) };
}
