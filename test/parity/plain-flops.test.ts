import assert from "node:assert/strict";
import { z } from "zod";
import { aimOperators } from "#core/cost/aim.ts";
import { assertClose } from "../support/assert-close.ts";
import { readJson, setsWith } from "../support/fixtures.ts";

const OPERATOR = z.object({ OPs: z.number(), memory_access: z.number(), inference_time: z.number() });
const FLOPS = z.object({
  model_configs: z.record(
    z.string(),
    z.object({
      hidden_size: z.number(),
      intermediate_size: z.number(),
      num_hidden_layers: z.number(),
      num_attention_heads: z.number(),
      num_key_value_heads: z.number(),
      vocab_size: z.number(),
    }),
  ),
  cases: z.array(
    z.object({
      name: z.string(),
      model: z.string(),
      options: z.object({ skip_mlp_bias: z.boolean() }),
      tokens_per_layer: z.array(z.number()),
      total: OPERATOR,
      per_layer_OPs: z.array(z.number()),
      operators_summed_over_layers: z.record(z.string(), OPERATOR),
    }),
  ),
});

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

for (const set of setsWith("flops.json")) {
  describe(`cost convention aim, ${set.name}`, () => {
    const { model_configs, cases } = readJson(set, "flops.json", FLOPS);
    for (const row of cases) {
      const config = model_configs[row.model];
      assert.ok(config, `no model ${row.model}`);
      const shape = {
        layers: config.num_hidden_layers,
        hidden: config.hidden_size,
        intermediate: config.intermediate_size,
        heads: config.num_attention_heads,
        kvHeads: config.num_key_value_heads,
        headDim: config.hidden_size / config.num_attention_heads,
        vocab: config.vocab_size,
      };
      const operators = aimOperators(shape, row.tokens_per_layer, !row.options.skip_mlp_bias);

      it(`${row.name}: total, layers and operators are the release's`, () => {
        assert.equal(sum(operators.map(({ flops }) => flops)), row.total.OPs);
        assert.equal(sum(operators.map(({ bytes }) => bytes)), row.total.memory_access);
        assertClose([sum(operators.map(({ seconds }) => seconds))], [row.total.inference_time], { relative: 1e-9 });
        const layers = row.per_layer_OPs.map((_, layer) => operators.filter((operator) => operator.layer === layer));
        assert.deepEqual(
          layers.map((rows) => sum(rows.map(({ flops }) => flops))),
          row.per_layer_OPs,
        );
        for (const [name, expected] of Object.entries(row.operators_summed_over_layers)) {
          if (name === "mlp_add" && row.options.skip_mlp_bias) continue; // listed, but not in the release's totals
          const rows = operators.filter(({ operator }) => operator === name);
          assert.equal(sum(rows.map(({ flops }) => flops)), expected.OPs, name);
          assert.equal(sum(rows.map(({ bytes }) => bytes)), expected.memory_access, name);
          assertClose([sum(rows.map(({ seconds }) => seconds))], [expected.inference_time], { relative: 1e-9 });
        }
      });
    }
  });
}
