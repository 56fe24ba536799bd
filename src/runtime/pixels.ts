import { AimError } from "#core/errors.ts";
import { type PixelConfig, parsePixelConfig } from "#media/preprocess.ts";
import { readJsonFile, readOptionalJson } from "#model/json-file.ts";

/** How pictures and video frames become pixels. */
export interface PixelConfigs {
  readonly picturePixels: PixelConfig;
  readonly videoPixels: PixelConfig;
}

/** Reads the preprocessor files of a model folder. Throws `invalid-model` if the tower, of `imageSizePx`, does not take what comes out. */
export function readPixelConfigs(dir: string, imageSizePx: number): PixelConfigs {
  const picturePixels = parsePixelConfig(readJsonFile(dir, "preprocessor_config.json"));
  const videoFile = readOptionalJson(dir, "video_preprocessor_config.json");
  const videoPixels = videoFile === undefined ? picturePixels : parsePixelConfig(videoFile);
  for (const { size } of [picturePixels, videoPixels]) {
    if (size.width === imageSizePx && size.height === imageSizePx) continue;
    throw new AimError(
      "invalid-model",
      `the preprocessor gives ${size.width} x ${size.height} px, the vision tower takes ${imageSizePx}`,
      {
        hint: "preprocessor_config.json and config.json are of different models: download the checkpoint again",
      },
    );
  }
  return { picturePixels, videoPixels };
}
