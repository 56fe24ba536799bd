import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { mergeFrame } from "#core/merge.ts";
import { pooledSide, resizeGrid } from "#core/pool.ts";
import { embedPatches, encodePicture, projectFeatures } from "#core/reference/vision.ts";
import { rowsOf, view } from "#core/vector.ts";
import { assertClose } from "../support/assert-close.ts";
import { readDecoder, readJson, readTensors, readVision, setsWith } from "../support/fixtures.ts";
import { describeRun, textFlags } from "./plain-decoder.ts";

const RELEASE = { order: "reference", weighting: "plain" } as const;
/** Features grow to some tens; float32 and float64 part at the seventh digit. */
const CLOSE = { absolute: 1e-4, relative: 1e-4 } as const;

const CASES = z.object({
  frames: z.number(),
  patches_per_side: z.number(),
  pooled_side: z.number(),
  merge_stages: z.array(z.object({ r_argument: z.number() })),
  official_pipeline_stops_after_stage: z.number(),
  pool_only: z.object({ side_in: z.number(), side_out: z.number() }),
  e2e: z.object({ image_token_index: z.number(), boundaries: z.tuple([z.number(), z.number(), z.number()]) }),
});
const RATES = z.object({ retain_rate_after_layer: z.array(z.number()) });

for (const set of setsWith("vision/cases.safetensors")) {
  describe(`plain vision, ${set.name}`, function () {
    this.timeout(600_000);
    const model = readVision(set);
    const tensors = readTensors(set, "vision/cases.safetensors");
    const cases = readJson(set, "vision/cases.json", CASES);
    const frames = [...Array(cases.frames).keys()];
    const steps = cases.merge_stages.map((stage) => stage.r_argument);
    const grid = { rows: cases.patches_per_side, columns: cases.patches_per_side };
    const half = { rows: cases.pooled_side, columns: cases.pooled_side };
    const frameOf = (name: string, frame: number) => {
      const { shape, data } = tensors.floats(name);
      const size = data.length / (shape[0] ?? 1);
      return view(data, frame * size, size);
    };

    const encode = (frame: number) => encodePicture(model, frameOf("pixel_values", frame));
    const tokensOf = (features: Float32Array) => resizeGrid(projectFeatures(model, features), grid, half);
    const mergeSome = (values: Float32Array, count: number) =>
      mergeFrame(
        { values, tokens: half.rows * half.columns, channels: model.vision.projected },
        steps.slice(0, count),
        RELEASE,
      );

    it("embeds patches", () => {
      assertClose(embedPatches(model, frameOf("pixel_values", 0)), frameOf("embeddings.frame0", 0), CLOSE);
    });

    it("gives the features of the last layer, before the closing norm", () => {
      for (const frame of frames) assertClose(encode(frame), frameOf("hidden_last", frame), CLOSE);
    });

    it("projects", () => {
      for (const frame of frames) {
        assertClose(projectFeatures(model, frameOf("hidden_last", frame)), frameOf("projected", frame), CLOSE);
      }
    });

    it("pools", () => {
      assert.equal(pooledSide(grid.rows), half.rows);
      for (const frame of frames) {
        assertClose(resizeGrid(frameOf("projected", frame), grid, half), frameOf("pooled", frame), 1e-5);
      }
    });

    it("pools an odd side", () => {
      const { side_in: from, side_out: to } = cases.pool_only;
      assert.equal(pooledSide(from), to);
      const pooled = resizeGrid(
        frameOf("pool_only.input", 0),
        { rows: from, columns: from },
        { rows: to, columns: to },
      );
      assertClose(pooled, frameOf("pool_only.output", 0), 1e-5);
    });

    for (const stage of steps.keys()) {
      it(`merges, ${stage + 1} steps`, () => {
        for (const frame of frames) {
          const merged = mergeSome(frameOf("pooled", frame), stage + 1);
          assertClose(merged.values, frameOf(`merged.stage${stage}`, frame), CLOSE);
        }
      });
    }

    if (!existsSync(path.join(set.folder, "llm/model.safetensors"))) return;
    const decoder = readDecoder(set, "llm");
    const table = decoder.weights("model.embed_tokens.weight")?.data ?? new Float32Array();
    const newline = model.weights("image_newline")?.data ?? new Float32Array();

    /** The prompt with the video's tokens and the newline in the place of the video. */
    const prompt = (video: readonly Float32Array[]) => {
      const words = rowsOf(table, decoder.decoder.hidden);
      const ids = [...tensors.get("e2e.input_ids").data];
      const parts = ids.flatMap((id) =>
        id === cases.e2e.image_token_index ? [...video, newline] : [words[id] ?? newline],
      );
      return Float32Array.from(parts.flatMap((part) => [...part]));
    };

    it("builds the LLM's input from pixels", () => {
      const count = cases.official_pipeline_stops_after_stage + 1;
      const video = frames.map((frame) => mergeSome(tokensOf(encode(frame)), count).values);
      assertClose(prompt(video), tensors.floats("e2e.inputs_embeds").data, CLOSE);
    });

    const embeddings = tensors.floats("e2e.inputs_embeds").data;
    const [start, end, count] = cases.e2e.boundaries;
    const isText = textFlags(start, end, count);
    const rates = readJson(set, "llm/cases.json", RATES).retain_rate_after_layer;
    const keepVisual = rates.map((rate) => Math.floor((end - start) * rate));
    const keepAll = rates.map(() => end - start);
    describeRun(decoder, tensors, "e2e.base", { embeddings, isText, keepVisual: keepAll, mode: "physical" });
    describeRun(decoder, tensors, "e2e.masked", { embeddings, isText, keepVisual, mode: "reference" });
    describeRun(decoder, tensors, "e2e.physical", { embeddings, isText, keepVisual, mode: "physical" });
  });
}
