import path from "node:path";
import { readDecoderConfig } from "#model/checkpoint.ts";
import { readLlmCases, readTensors, setsWith } from "../support/fixtures.ts";
import { describeGraphRun, GraphDecoder } from "./graph-decoder.ts";
import { textFlags } from "./plain-decoder.ts";

for (const folder of ["llm", "llama"]) {
  for (const set of setsWith(`${folder}/cases.safetensors`)) {
    describe(`decoder graph, ${set.name}/${folder}`, () => {
      const tensors = readTensors(set, `${folder}/cases.safetensors`);
      const { retain_rate_after_layer: rates, cases } = readLlmCases(set, folder);
      const modelFolder = path.join(set.folder, folder);
      let model: GraphDecoder;
      before(async () => {
        model = await GraphDecoder.open(modelFolder, readDecoderConfig(modelFolder));
      });
      after(() => model.close());

      for (const { name, boundaries, custom_schedule_physical_only: customRates } of cases) {
        const [start, end, count] = boundaries;
        const embeddings = tensors.floats(`${name}.inputs_embeds`).data;
        const isText = textFlags(start, end, count);
        const visual = end - start;
        const kept = (shares: readonly number[]) => shares.map((rate) => Math.floor(visual * rate));

        describeGraphRun(() => model, tensors, `${name}.base`, {
          embeddings,
          isText,
          keepVisual: rates.map(() => visual),
        });
        describeGraphRun(() => model, tensors, `${name}.physical`, { embeddings, isText, keepVisual: kept(rates) });
        if (!customRates) continue;
        describeGraphRun(() => model, tensors, `${name}.physical_custom`, {
          embeddings,
          isText,
          keepVisual: kept(customRates),
        });
      }
    });
  }
}
