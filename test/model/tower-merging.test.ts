import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { seededRandom } from "#core/random.ts";
import { mergedTokens, projectFeatures, unmergeTokens, type Vision } from "#core/reference/vision.ts";
import { patchCount } from "#core/tower-schedule.ts";
import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { compileVision, RECIPES } from "#model/compile.ts";
import { patchesPerSide } from "#model/config.ts";
import { VISION } from "#model/family.ts";
import { f32 } from "#model/precision/f32.ts";
import { InPlaceStore } from "#model/store.ts";
import { TOWER_MERGES } from "#model/tower-merging.ts";
import { VitBuilder } from "#model/vit.ts";
import { encodeModel } from "#onnx/encode.ts";
import { bytesOf, Ops } from "#onnx/ops.ts";
import { floats, floatsOf, GraphSession, int64s } from "#runtime/session.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../tools/checkpoint/spec.ts";
import { assertClose } from "../support/assert-close.ts";

const PREFIX = "vision_tower.vision_model.";
const PROJECTOR = ["multi_modal_projector.linear_1", "multi_modal_projector.linear_2"] as const;
/** An odd number of patches, and layers enough for merges to follow each other. */
const SPEC = { ...TINY, vision: { ...TINY.vision, layers: 4 } };

describe("merging inside the vision tower", () => {
  let folder: string;
  let checkpoint: Checkpoint;
  let plain: Vision;
  let session: GraphSession;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "aim-"));
    makeCheckpoint(path.join(folder, "tiny"), SPEC);
    checkpoint = openCheckpoint(path.join(folder, "tiny"));
    const { weights, model } = checkpoint;
    plain = {
      vision: model.vision,
      names: { vision: PREFIX, projector: PROJECTOR },
      weights: (name) =>
        weights.has(name) ? { shape: weights.entry(name).shape, data: weights.readFloat32(name) } : undefined,
    };
    const graph = compileVision(checkpoint, RECIPES.f32, folder);
    session = await GraphSession.load(graph.bytes, { device: "cpu", folder: graph.folder });
  });
  after(async () => {
    await session.close();
    checkpoint.weights.close();
    rmSync(folder, { recursive: true });
  });

  const picture = (seed: number) => {
    const random = seededRandom(seed);
    return Float32Array.from({ length: 3 * SPEC.vision.imageSizePx ** 2 }, () => 2 * random() - 1);
  };
  const tensorOf = (pixels: Float32Array) => {
    const { imageSizePx } = SPEC.vision;
    return floats(pixels, [1, 3, imageSizePx, imageSizePx]);
  };
  const encode = async (pixels: Float32Array, merges: readonly number[]) => {
    const results = await session.run({ [VISION.pixels]: tensorOf(pixels), [TOWER_MERGES]: int64s(merges) });
    return floatsOf(results, VISION.crop);
  };

  it("changes no bit where nothing merges", async () => {
    const { vision } = checkpoint.model;
    const store = new InPlaceStore(checkpoint.weights);
    const g = new Ops("plain");
    const vit = new VitBuilder(g, vision, store, f32);
    const pixels = g.input(VISION.pixels, "float32", [1, 3, vision.imageSizePx, vision.imageSizePx]);
    const patches = vit.embedPatches(pixels, `${PREFIX}embeddings.patch_embedding`);
    let x = vit.addPositions(patches, `${PREFIX}embeddings.position_embedding.weight`, patchesPerSide(vision) ** 2);
    for (let layer = 0; layer < vision.layers; layer++) x = vit.encoderLayer(x, `${PREFIX}encoder.layers.${layer}.`);
    g.output(VISION.crop, vit.project(x, PROJECTOR), "float32", [patchCount(vision), vision.projected]);
    const tower = await GraphSession.load(encodeModel(g), { device: "cpu", folder: store.folder });
    const expected = floatsOf(await tower.run({ [VISION.pixels]: tensorOf(picture(1)) }), VISION.crop);
    const actual = await encode(picture(1), [0, 0, 0, 0]);
    await tower.close();
    assert.ok(expected.some((value) => value !== 0));
    assert.ok(Buffer.from(bytesOf(expected)).equals(bytesOf(actual)));
  });

  it("does what the plain form does, whatever merges where", async () => {
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    const runs = fc.asyncProperty(shares, fc.nat({ max: 1000 }), async (wanted, seed) => {
      let left = patchCount(checkpoint.model.vision);
      const merges = wanted.map((share) => {
        const merged = Math.floor(share * Math.floor(left / 2));
        left -= merged;
        return merged;
      });
      const pixels = picture(seed);
      const { values, sizes, assign } = mergedTokens(plain, pixels, merges);
      assert.equal(sizes.length, left);
      const expected = unmergeTokens(projectFeatures(plain, values), assign, plain.vision.projected);
      assertClose(await encode(pixels, merges), expected, { absolute: 2e-4, relative: 2e-4 });
    });
    await fc.assert(runs, {
      numRuns: 12,
      seed: 1, // a tie that float32 decides one way and float64 the other would be another merge
      examples: [
        [[1, 1, 1, 1], 3],
        [[0, 0, 0, 1], 4],
        [[0.1, 0, 0.1, 0], 5],
      ],
    });
  });

  it("is another picture of the frame, though a near one", async () => {
    const [whole, merged] = [await encode(picture(7), [0, 0, 0, 0]), await encode(picture(7), [24, 0, 0, 0])];
    assert.ok(whole.some((value, i) => value !== merged[i]));
  });
});
