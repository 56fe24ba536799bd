import { pooledSide } from "#core/pool.ts";
import { patchesPerSide } from "../../config.ts";
import type { Family } from "../../family.ts";
import { readConfig } from "./config.ts";
import { type LayoutConfig, layOutPicture, layOutVideo } from "./layout.ts";
import { buildVision } from "./vision.ts";

/** LLaVA-OneVision (SigLIP, two-layer projector, Qwen2) in the Hugging Face layout. Source: arXiv 2408.03326. */
export const llavaOnevision: Family = {
  id: "llava-onevision",
  modelTypes: ["llava_onevision"],

  read(raw) {
    const { decoder, decoderNames, vision, visionNames, placeholders, pinpoints, maxCrops, newline } = readConfig(raw);
    const side = patchesPerSide(vision);
    const layout: LayoutConfig = { vision, maxCrops, newline: raw.weights.readFloat32(newline) };
    return {
      decoder,
      decoderNames,
      vision,
      placeholders,
      tokensPerCrop: side ** 2,
      tokensPerFrame: pooledSide(side) ** 2,
      encodedChannels: decoder.hidden,
      mergesInTower: true,
      pinpoints: (pictures) => (pictures === 1 ? pinpoints : []), // several pictures are seen whole, as in the base model
      buildVision: (...making) => buildVision(vision, visionNames, ...making),
      layOutPicture: (features) => layOutPicture(features, layout),
      layOutVideo: (frames) => layOutVideo(frames, layout),
    };
  },
};
