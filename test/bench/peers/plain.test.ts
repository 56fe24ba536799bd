import { InferenceSession, Tensor } from "onnxruntime-node";
import { openCheckpoint } from "#model/checkpoint.ts";
import { makeCheckpoint } from "../../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../../tools/checkpoint/spec.ts";
import { assertClose } from "../../support/assert-close.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { exportOnnx } from "./export-onnx.ts";
import { promptIds, samplePixels } from "./inputs.ts";
import { ourOutputs } from "./our-outputs.ts";

const TOKENS = 20;

describe("a plain export", () => {
  const folder = temporaryFolder();
  let model = "";
  beforeEach(() => {
    model = folder("checkpoint");
    makeCheckpoint(model, TINY);
  });

  for (const [dtype, file, tolerance] of [
    ["fp32", "model.onnx", 1e-4],
    ["q8", "model_quantized.onnx", 2],
  ] as const) {
    it(`gives the logits that our own graph gives, ${dtype}`, async () => {
      exportOnnx(model, folder("peer"), "llm", dtype);
      const session = await InferenceSession.create(folder("peer", "llm", "onnx", file));
      const { logits } = await session.run(llmInputs(model));
      await session.release();
      assertClose(floatsIn(logits), await ourOutputs(model, "llm", TOKENS), tolerance);
    });
  }

  it("gives the features that our own tower gives", async () => {
    exportOnnx(model, folder("peer"), "tower", "fp32");
    const session = await InferenceSession.create(folder("peer", "tower", "onnx", "vision_encoder.onnx"));
    const size = TINY.vision.imageSizePx;
    const pixels = new Tensor("float32", samplePixels(size), [1, 3, size, size]);
    const { image_features: features } = await session.run({ pixel_values: pixels });
    await session.release();
    assertClose(floatsIn(features), await ourOutputs(model, "tower", 0), { absolute: 1e-4, relative: 1e-4 });
  });
});

/** A whole prompt and an empty cache. */
function llmInputs(dir: string): Record<string, Tensor> {
  const { model, weights } = openCheckpoint(dir);
  weights.close();
  const { layers, kvHeads, headDim, vocab } = model.decoder;
  const int64 = (values: readonly number[], dims: readonly number[]) =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
  const empty = new Tensor("float32", new Float32Array(0), [1, kvHeads, 0, headDim]);
  const parts = Array.from({ length: layers }, (_, i) => [`past_key_values.${i}.key`, `past_key_values.${i}.value`]);
  return {
    input_ids: int64(promptIds(TOKENS, vocab), [1, TOKENS]),
    attention_mask: int64(Array(TOKENS).fill(1), [1, TOKENS]),
    num_logits_to_keep: int64([1], []),
    ...Object.fromEntries(parts.flat().map((name) => [name, empty])),
  };
}

function floatsIn(tensor: Tensor | undefined): Float32Array {
  return tensor?.data instanceof Float32Array ? tensor.data : new Float32Array(0);
}
