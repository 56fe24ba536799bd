import type { Family } from "../../family.ts";
import { readConfig } from "./config.ts";
import { layOutPicture, layOutVideo } from "./layout.ts";

/** LLaVA-OneVision (SigLIP, two-layer projector, Qwen2) in the Hugging Face layout. Source: arXiv 2408.03326. */
export const llavaOnevision: Family = {
  id: "llava-onevision",
  modelTypes: ["llava_onevision"],
  readConfig,
  layOutPicture,
  layOutVideo,
};
