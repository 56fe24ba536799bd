import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { AimError, type AimErrorCode } from "#core/errors.ts";
import { parsePixelConfig, toPixelValues } from "#media/preprocess.ts";
import { BICUBIC, BILINEAR } from "#media/resample.ts";

const plain = { size: { height: 2, width: 2 }, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };

function throwsNaming(json: unknown, code: AimErrorCode, field: string): void {
  assert.throws(
    () => parsePixelConfig(json),
    (error) => error instanceof AimError && error.code === code && error.message.includes(field),
  );
}

describe("media/preprocess", () => {
  it("reads the demo model's configuration", () => {
    const config = parsePixelConfig(JSON.parse(readFileSync("media/demo-model/preprocessor_config.json", "utf8")));
    assert.deepEqual(config.size, { height: 84, width: 84 });
    assert.equal(config.filter, BICUBIC);
    assert.equal(config.rescaleFactor, 1 / 255);
    assert.deepEqual(
      [config.mean, config.std],
      [
        [0.5, 0.5, 0.5],
        [0.5, 0.5, 0.5],
      ],
    );
  });

  it("takes what is left out as switched on", () => {
    assert.equal(parsePixelConfig(plain).rescaleFactor, 1 / 255);
    assert.equal(parsePixelConfig({ ...plain, resample: 2 }).filter, BILINEAR);
  });

  it("makes steps neutral that are switched off", () => {
    const config = parsePixelConfig({ size: plain.size, do_rescale: false, do_normalize: false });
    assert.deepEqual([config.rescaleFactor, config.mean, config.std], [1, [0, 0, 0], [1, 1, 1]]);
  });

  it("names the field that it does not support", () => {
    throwsNaming({ ...plain, size: { shortest_edge: 336 }, do_center_crop: false }, "unsupported", "shortest_edge");
    throwsNaming({ ...plain, resample: 1 }, "unsupported", "lanczos");
    throwsNaming({ ...plain, do_resize: false }, "unsupported", "do_resize");
  });

  it("names the field that is wrong", () => {
    throwsNaming([], "invalid-model", "object");
    throwsNaming({ ...plain, size: 384 }, "invalid-model", "size");
    throwsNaming({ ...plain, size: { height: 0, width: 2 } }, "invalid-model", "size.height");
    throwsNaming({ ...plain, image_mean: [0.5, 0.5] }, "invalid-model", "image_mean");
    throwsNaming({ ...plain, image_std: [0.5, "0.5", 0.5] }, "invalid-model", "image_std[1]");
    throwsNaming({ ...plain, do_rescale: "yes" }, "invalid-model", "do_rescale");
    throwsNaming({ size: plain.size }, "invalid-model", "image_mean");
    throwsNaming({ ...plain, do_center_crop: 1 }, "invalid-model", "do_center_crop");
    throwsNaming({ ...plain, do_center_crop: true, crop_size: { width: 2 } }, "invalid-model", "crop_size");
    throwsNaming({ ...plain, size: { shortest_edge: 0 }, crop_size: 2 }, "invalid-model", "size.shortest_edge");
  });

  it("reads CLIP's scheme in all its forms", () => {
    const fitOf = (fields: object) => {
      const { size, cropFrom, squareColour } = parsePixelConfig({ ...plain, ...fields });
      return { size, cropFrom, squareColour };
    };
    const size = { height: 336, width: 336 };
    const clip = { size, cropFrom: { shorterSide: 336 }, squareColour: undefined };
    assert.deepEqual(fitOf({ size: { shortest_edge: 336 }, do_center_crop: true, crop_size: size }), clip);
    assert.deepEqual(fitOf({ size: 336, do_center_crop: true, crop_size: 336 }), clip);
    assert.deepEqual(fitOf({ size: { shortest_edge: 336 }, crop_size: 336 }), clip);
    assert.deepEqual(fitOf({ size: { shortest_edge: 336 } }).size, { height: 224, width: 224 });
    assert.deepEqual(fitOf({ do_center_crop: true, crop_size: 1 }).cropFrom, plain.size);
    const padded = { size: 336, do_center_crop: true, crop_size: 336, do_pad: true };
    assert.deepEqual(fitOf({ ...padded, image_processor_type: "LlavaImageProcessor" }).squareColour, [127, 127, 127]);
    assert.deepEqual(fitOf({ ...padded, image_processor_type: "CLIPImageProcessor" }), clip);
    assert.equal(fitOf({ do_pad: true, image_processor_type: "LlavaOnevisionImageProcessor" }).squareColour, undefined);
  });

  it("gives one plane a channel, normalised by that channel's mean and deviation", () => {
    const config = parsePixelConfig({ ...plain, image_mean: [0.5, 0.25, 0], image_std: [0.5, 0.25, 1] });
    const image = { width: 2, height: 2, data: Uint8Array.of(0, 51, 255, 255, 51, 0, 51, 0, 51, 102, 255, 102) };
    const near = (x: number) => Math.round(x * 1e6) / 1e6;
    assert.deepEqual(
      Array.from(toPixelValues(image, config), near),
      [-1, 1, -0.6, -0.2, -0.2, -0.2, -1, 3, 1, 0, 0.2, 0.4],
    );
  });

  it("rounds to 32 bits after each step", () => {
    const config = parsePixelConfig({
      ...plain,
      image_mean: [0.48145466, 0.4578275, 0.40821073],
      image_std: [0.26862954, 0.26130258, 0.27577711],
    });
    const image = { width: 2, height: 2, data: new Uint8Array(12).fill(100) };
    // numpy: ((np.float32(100 * np.float64(1 / 255)) - np.float32(mean)) / np.float32(std))
    const [red, , , , green, , , , blue] = toPixelValues(image, config);
    assert.deepEqual([red, green, blue], [-0.33241987228393555, -0.2513202726840973, -0.05821315571665764]);
  });

  it("resizes to the model's size", () => {
    const image = { width: 7, height: 5, data: new Uint8Array(105).fill(255) };
    const values = toPixelValues(image, parsePixelConfig(plain));
    assert.deepEqual(values, new Float32Array(12).fill(1));
  });
});
