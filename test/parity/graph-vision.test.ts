import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { view } from "#core/vector.ts";
import { readDecoderConfig } from "#model/checkpoint.ts";
import { buildVision } from "#model/families/llava-onevision/vision.ts";
import { VISION } from "#model/family.ts";
import { buildMerge } from "#model/merge.ts";
import { f32 } from "#model/precision/f32.ts";
import { InPlaceStore } from "#model/store.ts";
import { TOWER_MERGES } from "#model/tower-merging.ts";
import { openWeights } from "#model/weights.ts";
import { encodeModel } from "#onnx/encode.ts";
import { mergeGroups } from "#runtime/merger.ts";
import { buildSequence } from "#runtime/sequence.ts";
import { floats, floatsOf, GraphSession, int64s } from "#runtime/session.ts";
import { assertClose } from "../support/assert-close.ts";
import { readJson, readTensors, readVision, setsWith } from "../support/fixtures.ts";
import { describeGraphRun, GraphDecoder } from "./graph-decoder.ts";
import { textFlags } from "./plain-decoder.ts";

const CLOSE = { absolute: 1e-4, relative: 1e-4 } as const;
const CASES = z.object({
  frames: z.number(),
  pooled_side: z.number(),
  merge_stages: z.array(z.object({ r_argument: z.number() })),
  official_pipeline_stops_after_stage: z.number(),
  e2e: z.object({ image_token_index: z.number(), boundaries: z.tuple([z.number(), z.number(), z.number()]) }),
});
const RATES = z.object({ retain_rate_after_layer: z.array(z.number()) });

for (const set of setsWith("vision/cases.safetensors")) {
  describe(`vision graph, ${set.name}`, () => {
    const plain = readVision(set);
    const tensors = readTensors(set, "vision/cases.safetensors");
    const cases = readJson(set, "vision/cases.json", CASES);
    const frames = [...Array(cases.frames).keys()];
    const weights = openWeights(path.join(set.folder, "vision"));
    const pooled: Float32Array[] = [];
    const frameOf = (name: string, frame: number) => {
      const { shape, data } = tensors.floats(name);
      const size = data.length / (shape[0] ?? 1);
      return view(data, frame * size, size);
    };
    let session: GraphSession;
    let merger: GraphSession;
    before(async () => {
      const store = new InPlaceStore(weights);
      session = await GraphSession.load(
        encodeModel(
          buildVision(plain.vision, { prefix: plain.names.vision, projector: plain.names.projector }, store, f32),
        ),
        { device: "cpu", folder: store.folder },
      );
      merger = await GraphSession.load(encodeModel(buildMerge({ hasMetric: false })), { device: "cpu" });
    });
    after(async () => {
      await session.close();
      await merger.close();
      weights.close();
    });

    it("projects and pools every frame", async () => {
      for (const frame of frames) {
        const { imageSizePx } = plain.vision;
        const pixels = floats(frameOf("pixel_values", frame).slice(), [1, 3, imageSizePx, imageSizePx]);
        const noMerging = int64s(new Array<number>(plain.vision.layers).fill(0));
        const results = await session.run({ [VISION.pixels]: pixels, [TOWER_MERGES]: noMerging });
        assertClose(floatsOf(results, VISION.crop), frameOf("projected", frame), CLOSE);
        assertClose(floatsOf(results, VISION.frame), frameOf("pooled", frame), CLOSE);
        pooled.push(floatsOf(results, VISION.frame).slice());
      }
    });

    const merge = (steps: number) => {
      const side = cases.pooled_side;
      const groups = pooled.map((features) => ({ kind: "frame", rows: side, columns: side, features }) as const);
      const retention = 0.5 ** steps;
      const settings = { retention, order: "reference", weighting: "plain" } as const;
      return mergeGroups(groups, { merger: "similar", settings, random: () => 0, loadSession: async () => merger });
    };

    for (const stage of cases.merge_stages.keys()) {
      it(`merges all frames, ${stage + 1} steps`, async () => {
        const merged = await merge(stage + 1);
        for (const frame of frames)
          assertClose(merged[frame]?.values ?? [], frameOf(`merged.stage${stage}`, frame), CLOSE);
      });
    }

    const llm = path.join(set.folder, "llm");
    if (!existsSync(path.join(llm, "model.safetensors"))) return;
    describe("with the LLM", () => {
      let decoder: GraphDecoder;
      before(async () => {
        decoder = await GraphDecoder.open(llm, readDecoderConfig(llm));
      });
      after(() => decoder.close());

      it("builds the LLM's input from pixels", async () => {
        const groups = await merge(cases.official_pipeline_stops_after_stage + 1);
        const sequence = buildSequence({
          ids: [...tensors.get("e2e.input_ids").data],
          placeholders: { image: -1, video: cases.e2e.image_token_index },
          media: [{ kind: "video", groups, end: weights.readFloat32("image_newline") }],
          isSpatial: false,
          hidden: decoder.config.hidden,
          embed: (id) => decoder.embed(id),
        });
        assertClose(sequence.embeddings, tensors.floats("e2e.inputs_embeds").data, CLOSE);
      });

      const [start, end, count] = cases.e2e.boundaries;
      const embeddings = tensors.floats("e2e.inputs_embeds").data;
      const isText = textFlags(start, end, count);
      const rates = readJson(set, "llm/cases.json", RATES).retain_rate_after_layer;
      const visual = end - start;
      const keepVisual = rates.map((rate) => Math.floor(visual * rate));
      describeGraphRun(() => decoder, tensors, "e2e.base", { embeddings, isText, keepVisual: rates.map(() => visual) });
      describeGraphRun(() => decoder, tensors, "e2e.physical", { embeddings, isText, keepVisual });
    });
  });
}
