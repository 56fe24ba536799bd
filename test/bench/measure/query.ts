// Two questions about one video to an open model. Prints one line of JSON; see ../stages/query.ts and ../stages/vision.ts.
import { parseArgs } from "node:util";
import { METHOD_NAMES } from "#core/methods.ts";
import { PRECISIONS } from "#core/precision.ts";
import type { RunRecord } from "#core/record.ts";
import { parseWord, type SettingsPatch } from "#core/settings.ts";
import { Engine } from "#runtime/engine.ts";
import { memoryMib, printFigures } from "./figure.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "" },
    video: { type: "string", default: "" },
    frames: { type: "string", default: "32" },
    method: { type: "string", default: "aim" },
    precision: { type: "string", default: "auto" },
    towerRetention: { type: "string", default: "1" },
    similar: { type: "string", default: "0" },
  },
});
const engine = await Engine.open(values.model, {
  device: "cpu",
  precision: parseWord("precision", values.precision, PRECISIONS),
  hasDiskCache: false,
});
const settings: SettingsPatch = {
  method: parseWord("method", values.method, METHOD_NAMES),
  vision: { retention: Number(values.towerRetention), similar: Number(values.similar) },
  frames: Number(values.frames),
  maxTokens: 1,
};

/** The first quarter second only warms up: graphs are loaded, and its frame is not asked about again. */
const START_SECONDS = 0.5;
const ask = (question: string, isWarmUp = false) => {
  const part = isWarmUp ? { frames: 1, end: START_SECONDS / 2 } : { start: START_SECONDS };
  return engine.ask({ question, media: [{ kind: "video", path: values.video, ...part }], settings });
};
await ask("What is this?", true);
const first = await ask("What can be seen in this video?");
const second = await ask("Which colours are there?");
if (first.cachedFrames > 0) throw new Error(`${first.cachedFrames} frames of the first question were known already`);

const sinceQuestion = ({ timeMs }: RunRecord) => timeMs.firstToken - timeMs.load;
const { vision, projector, pooling } = first.cost.exact.stages;
printFigures({
  firstMs: sinceQuestion(first),
  mediaMs: first.timeMs.media,
  visionMs: first.timeMs.vision,
  mergeMs: first.timeMs.merge,
  prefillMs: first.timeMs.prefill,
  secondMs: sinceQuestion(second),
  visionFlops: (vision + projector + pooling) * 1e12,
  peakMib: memoryMib("VmHWM"),
});
await engine.close();
