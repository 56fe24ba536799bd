import { readDecoder, readLlmCases, readTensors, setsWith } from "../support/fixtures.ts";
import { describeRun, textFlags } from "./plain-decoder.ts";

for (const folder of ["llm", "llama"]) {
  for (const set of setsWith(`${folder}/cases.safetensors`)) {
    describe(`plain decoder, ${set.name}/${folder}`, function () {
      this.timeout(600_000);
      const model = readDecoder(set, folder);
      const tensors = readTensors(set, `${folder}/cases.safetensors`);
      const { retain_rate_after_layer: rates, cases } = readLlmCases(set, folder);

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
