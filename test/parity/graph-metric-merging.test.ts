import assert from "node:assert/strict";
import { buildMerge } from "#model/merge.ts";
import { encodeModel } from "#onnx/encode.ts";
import { mergeGroups } from "#runtime/merger.ts";
import { GraphSession } from "#runtime/session.ts";
import { assertClose } from "../support/assert-close.ts";
import { readTensors, setsWith } from "../support/fixtures.ts";

/** What the release merges the 576 tokens of a picture to, by the keys of its tower. */
const SHARES = { clip576_437: 0.4375, clip576_125: 0.125 } as const;

for (const set of setsWith("merging.safetensors")) {
  const tensors = readTensors(set, "merging.safetensors");
  const cases = Object.entries(SHARES).filter(([name]) => tensors.has(`${name}.metric`));
  if (cases.length === 0) continue;

  describe(`merging by a metric as a run does it, ${set.name}`, () => {
    let session: GraphSession;
    before(async () => {
      session = await GraphSession.load(encodeModel(buildMerge({ hasMetric: true })), { device: "cpu" });
    });
    after(() => session.close());

    for (const [name, retention] of cases) {
      it(`${name}: every step by the merged metric, to ${576 * retention} tokens`, async () => {
        const features = tensors.floats(`${name}.input`).data;
        const metric = tensors.floats(`${name}.metric`).data;
        const group = { kind: "base", rows: 24, columns: 24, features, metric } as const;
        const [merged] = await mergeGroups([group], {
          merger: "similar",
          settings: { retention, order: "reference", weighting: "plain" },
          random: () => 0,
          loadSession: async () => session,
        });
        assert.ok(merged);
        const steps = merged.steps.length;
        assertClose(merged.values, tensors.floats(`${name}.stage${steps - 1}.output`).data, 1e-5);
        assert.deepEqual([...merged.rows], [...tensors.get(`${name}.assign_total`).data]);
        for (const [step, { rows }] of merged.steps.entries()) {
          assert.deepEqual([...rows], [...tensors.get(`${name}.stage${step}.assign`).data]);
        }
        assert.equal(merged.positions.length, 576 * retention);
      });
    }
  });
}
