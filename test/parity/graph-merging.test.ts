import assert from "node:assert/strict";
import { z } from "zod";
import { buildMerge, MERGE } from "#model/merge.ts";
import { encodeModel } from "#onnx/encode.ts";
import { bools, floats, floatsOf, GraphSession, indicesOf, int64s } from "#runtime/session.ts";
import { assertClose } from "../support/assert-close.ts";
import { readJson, readTensors, setsWith } from "../support/fixtures.ts";

const STAGES = z.array(z.object({ name: z.string(), stages: z.array(z.object({ r_argument: z.number() })) }));
const MERGING = z.object({ cases: STAGES, ties: STAGES.default([]) });

for (const set of setsWith("merging.safetensors")) {
  describe(`merge graph, ${set.name}`, () => {
    const tensors = readTensors(set, "merging.safetensors");
    const { cases, ties } = readJson(set, "merging.json", MERGING);
    const sessions = new Map<boolean, GraphSession>();
    before(async () => {
      for (const hasMetric of [true, false]) {
        sessions.set(hasMetric, await GraphSession.load(encodeModel(buildMerge({ hasMetric })), { device: "cpu" }));
      }
    });
    after(async () => {
      for (const session of sessions.values()) await session.close();
    });

    for (const { name, stages } of [...cases, ...ties]) {
      it(name, async () => {
        let values = tensors.floats(`${name}.input`);
        let metric = tensors.has(`${name}.metric`) ? tensors.floats(`${name}.metric`) : undefined;
        const session = sessions.get(metric !== undefined);
        assert.ok(session);
        for (const [stage, { r_argument: wanted }] of stages.entries()) {
          const [frames = 0, tokens = 0] = values.shape;
          const count = Math.min(wanted, Math.floor(tokens / 2));
          const results = await session.run({
            [MERGE.tokens]: floats(values.data, values.shape),
            [MERGE.sizes]: floats(new Float32Array(frames * tokens).fill(1), [frames, tokens, 1]),
            [MERGE.count]: int64s([count]),
            [MERGE.isSpatial]: bools(false),
            ...(metric && { [MERGE.metric]: floats(metric.data, metric.shape) }),
          });
          const stable = tensors.has(`${name}.stage${stage}.output_stable`) ? "_stable" : "";
          const output = tensors.floats(`${name}.stage${stage}.output${stable}`);
          // Pairs that are equal but for rounding have no right order; the plain tests say which orders may stand.
          if (stable === "" || isExact(values.data, values.shape[2] ?? 0)) {
            assert.deepEqual(
              [...indicesOf(results, MERGE.rows)],
              [...tensors.get(`${name}.stage${stage}.assign${stable}`).data],
            );
            assertClose(floatsOf(results, MERGE.merged), output.data, 1e-5);
          }
          values = output;
          if (metric)
            metric = {
              shape: [frames, tokens - count, metric.shape[2] ?? 0],
              data: floatsOf(results, MERGE.mergedMetric),
            };
        }
      });
    }
  });
}

/** Whether every cosine is exact in float32: entries of 1 and -1, and a norm that is a power of two. */
function isExact(values: Float32Array, channels: number): boolean {
  return values.every((value) => Math.abs(value) === 1) && Number.isInteger(Math.log2(channels) / 2);
}
