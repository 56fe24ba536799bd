import { z } from "zod";
import { readDecoder, readJson, readTensors, setsWith } from "../support/fixtures.ts";
import { describeRun, textFlags } from "./plain-decoder.ts";

const RATES = z.array(z.number());
const CASES = z.object({
  retain_rate_after_layer: RATES,
  cases: z.array(
    z.object({
      name: z.string(),
      boundaries: z.tuple([z.number(), z.number(), z.number()]),
      custom_schedule_physical_only: RATES.optional(),
    }),
  ),
});

for (const folder of ["llm", "llama"]) {
  for (const set of setsWith(`${folder}/cases.safetensors`)) {
    describe(`plain decoder, ${set.name}/${folder}`, function () {
      this.timeout(600_000);
      const model = readDecoder(set, folder);
      const tensors = readTensors(set, `${folder}/cases.safetensors`);
      const { retain_rate_after_layer: rates, cases } = readJson(set, `${folder}/cases.json`, CASES);

      for (const { name, boundaries, custom_schedule_physical_only: customRates } of cases) {
        const [start, end, count] = boundaries;
        const embeddings = tensors.floats(`${name}.inputs_embeds`).data;
        const isText = textFlags(start, end, count);
        const kept = (share: readonly number[]) => share.map((rate) => Math.floor((end - start) * rate));
        const all = rates.map(() => end - start);

        describeRun(model, tensors, `${name}.base`, { embeddings, isText, keepVisual: all, mode: "physical" });
        describeRun(model, tensors, `${name}.masked`, {
          embeddings,
          isText,
          keepVisual: kept(rates),
          mode: "reference",
        });
        describeRun(model, tensors, `${name}.physical`, {
          embeddings,
          isText,
          keepVisual: kept(rates),
          mode: "physical",
        });
        if (!customRates) continue;
        const custom = { embeddings, isText, keepVisual: kept(customRates), mode: "physical" } as const;
        describeRun(model, tensors, `${name}.physical_custom`, custom);
      }
    });
  }
}
