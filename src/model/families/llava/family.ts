import { AimError } from "#core/errors.ts";
import { patchesPerSide } from "../../config.ts";
import type { Family } from "../../family.ts";
import { readConfig } from "./config.ts";
import { layOutPicture } from "./layout.ts";
import { buildProjector, buildVision } from "./vision.ts";

/**
 * LLaVA-1.5 (CLIP, two-layer projector, Llama or Vicuna) in the Hugging Face layout. It knows pictures only. Sources: arXiv 2310.03744; for
 * merging before the projector, the release of AIM.
 */
export const llava: Family = {
  id: "llava-1.5",
  modelTypes: ["llava"],

  read(raw) {
    const { decoder, decoderNames, placeholders, stopTokens, towerNames, projectorNames, ...tower } = readConfig(raw);
    const { vision, keepsClassToken } = tower;
    return {
      decoder,
      decoderNames,
      vision,
      placeholders,
      stopTokens,
      retention: 0.4375,
      tokensPerCrop: patchesPerSide(vision) ** 2 + (keepsClassToken ? 1 : 0),
      tokensPerFrame: 0,
      encodedChannels: 2 * vision.hidden,
      pinpoints: () => [],
      buildVision: (...making) => buildVision(tower, towerNames, ...making),
      buildProjector: (store, recipe) => buildProjector(vision, projectorNames, store, recipe),
      layOutPicture: (features) => layOutPicture(features, vision),
      layOutVideo: () => {
        throw new AimError("unsupported", "this model cannot be asked about a video", { hint: "choose another model" });
      },
    };
  },
};
