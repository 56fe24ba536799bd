import { budgetRecord, predictedTimes } from "./budget-reader.ts";
import type { AimCost, CostReport, ExactCost, Stage } from "./cost/report.ts";
import type { DecoderShape, VisionShape } from "./cost/shape.ts";
import { finite, isObject, list, object, optional, type Reader, text, unreadable, whole, word } from "./json-reader.ts";
import { MERGE_ORDERS, MERGE_WEIGHTINGS, type MergeSettings } from "./merge-settings.ts";
import { METHOD_NAMES } from "./methods.ts";
import { bytes, floats, wholes } from "./packed-array.ts";
import { PRECISIONS } from "./precision.ts";
import type { PruneSettings, PruneStep } from "./prune-settings.ts";
import type {
  FrameRecord,
  MediaRecord,
  MergeStep,
  ModelRecord,
  RunRecord,
  StageTimes,
  TokenCounts,
  VisualRecord,
} from "./record.ts";
import type { RunSettings } from "./settings.ts";
import { VISION_OFF, type VisionSettings } from "./vision-settings.ts";

const MOST_LAYERS = 1024;
const MOST_TOKENS = 2 ** 24;

const precision = word(PRECISIONS.filter((name) => name !== "auto"));
const count = whole(0, Number.MAX_SAFE_INTEGER);
const tokens = whole(0, MOST_TOKENS);
const layer = whole(0, MOST_LAYERS - 1);

/** Only pictures that are in the data itself: a record must not make a view fetch anything. */
const thumbnail: Reader<string> = (value, path) => {
  const url = text(value, path);
  if (url !== "" && !/^data:image\/(jpeg|png|webp);base64,[A-Za-z0-9+/=]+$/.test(url)) {
    throw unreadable(path, "empty or a data URL of a JPEG, PNG or WebP", url);
  }
  return url;
};

const frame = object<FrameRecord>({
  kind: word(["frame", "base", "grid"]),
  index: count,
  timeSeconds: finite,
  rows: tokens,
  columns: tokens,
  firstToken: tokens,
  thumbnail,
  featuresOf: optional(count),
});

const medium = object<MediaRecord>({
  kind: word(["image", "video"]),
  name: text,
  widthPx: count,
  heightPx: count,
  durationSeconds: finite,
  frames: list(frame),
});

const lastLayers: Reader<Int16Array> = (value, path) => Int16Array.from(wholes(0, MOST_LAYERS - 1)(value, path));

const visual = object<VisualRecord>({
  count: tokens,
  mergedInto: wholes(-1, MOST_TOKENS),
  lastLayer: lastLayers,
  importanceLayers: list(layer),
  importance: floats,
});

const tokenCounts = object<TokenCounts>({
  text: tokens,
  encoded: tokens,
  merged: tokens,
  perLayer: list(tokens),
  kvPerLayer: list(tokens),
  generated: tokens,
});

const decoder = object<DecoderShape>({
  layers: whole(1, MOST_LAYERS),
  hidden: count,
  intermediate: count,
  heads: count,
  kvHeads: count,
  headDim: count,
  vocab: count,
});

const vision = object<VisionShape>({
  layers: count,
  hidden: count,
  intermediate: count,
  heads: count,
  imageSizePx: count,
  patchSizePx: count,
  projected: count,
  classTokens: optional(count),
  metricChannels: optional(count),
});

const mergeStep = object<MergeStep>({ rows: wholes(0, MOST_TOKENS), similarity: bytes });

const merge = object<MergeSettings>({
  retention: finite,
  order: word(MERGE_ORDERS),
  weighting: word(MERGE_WEIGHTINGS),
});
/** Above 0, since costs are counted with it. */
const shareLeft: Reader<number> = (value, path) => {
  const share = finite(value, path);
  if (share <= 0 || share > 1) throw unreadable(path, "a share in (0, 1]", value);
  return share;
};
const linearPrune = object<Extract<PruneSettings, { kind: "linear" }>>({
  kind: word(["linear"]),
  firstLayer: count,
  lastLayer: count,
});
const stepPrune = object<Extract<PruneSettings, { kind: "steps" }>>({
  kind: word(["steps"]),
  steps: list(object<PruneStep>({ layer, retention: finite })),
});
/** A schedule, or `off`. */
export const prune: Reader<PruneSettings | "off"> = (value, path) => {
  if (value === "off") return "off";
  return isObject(value) && value.kind === "steps" ? stepPrune(value, path) : linearPrune(value, path);
};

const visionSettings = object<VisionSettings>({ retention: shareLeft, similar: finite });

const settings = object<RunSettings>({
  method: word(METHOD_NAMES),
  merge,
  prune,
  vision: (value, path) => (value === undefined ? VISION_OFF : visionSettings(value, path)), // records of older versions lack it
  frames: count,
  maxTokens: count,
  temperature: finite,
  topP: finite,
  seed: count,
});

const aimCost = object<AimCost>({
  tflops: finite,
  fullTflops: finite,
  ratio: finite,
  ms: finite,
  perLayerTflops: list(finite),
});
const exactCost = object<ExactCost>({
  tflops: finite,
  fullTflops: finite,
  ratio: finite,
  stages: object<Record<Stage, number>>({
    vision: finite,
    projector: finite,
    pooling: finite,
    merge: finite,
    prefill: finite,
    ranking: finite,
    lmHead: finite,
    decode: finite,
  }),
  perLayerTflops: list(finite),
});

const times = object<StageTimes>({
  load: finite,
  media: finite,
  vision: finite,
  merge: finite,
  prefill: finite,
  firstToken: finite,
  decode: finite,
  total: finite,
});

const version: Reader<1> = (value, path) => {
  if (value !== 1) throw unreadable(path, "1, the version of records that this program reads", value);
  return 1;
};

const run = object<RunRecord>({
  version,
  id: text,
  startedAt: text,
  question: text,
  answer: text,
  finish: word(["stop", "length", "cancelled"]),
  notices: list(text),
  settings,
  model: object<ModelRecord>({ name: text, family: text, parameters: count, decoder, vision: optional(vision) }),
  device: word(["cpu", "webgpu", "cuda"]),
  precision,
  visionPrecision: optional(precision),
  media: list(medium),
  cachedFrames: count,
  tokens: tokenCounts,
  visual,
  merging: optional(list(list(mergeStep))),
  cost: object<CostReport>({ aim: aimCost, exact: exactCost }),
  timeMs: times,
  predictedMs: optional(predictedTimes),
  budget: optional(budgetRecord),
  peakRssMb: finite,
});

/** A run record whose typed arrays are packed; types, bounds and the lengths of arrays are checked, unknown keys left out. */
export const runRecord: Reader<RunRecord> = (value, path) => {
  const record = run(value, path);
  checkLayers(record);
  checkVisual(record);
  checkMerging(record);
  return record;
};

/** Every list that has one number a layer must have as many as the model has layers. */
function checkLayers({ model, tokens: { perLayer, kvPerLayer }, cost }: RunRecord): void {
  const { layers } = model.decoder;
  const lists = { perLayer, kvPerLayer, aim: cost.aim.perLayerTflops, exact: cost.exact.perLayerTflops };
  for (const [name, values] of Object.entries(lists)) {
    if (values.length !== layers) throw unreadable(`record: ${name}`, `${layers} numbers, one a layer`, values.length);
  }
}

/** The arrays of the visual tokens must fit each other, the frames and the layers. */
function checkVisual({ model, tokens: { encoded }, visual: tokenSets, media }: RunRecord): void {
  const { mergedInto, lastLayer, importanceLayers, importance } = tokenSets;
  const must = (isSo: boolean, what: string, expected: string, got: unknown) => {
    if (!isSo) throw unreadable(`record.visual: ${what}`, expected, got);
  };
  const visualCount = tokenSets.count;
  must(mergedInto.length === encoded, "mergedInto", `${encoded} tokens long`, mergedInto.length);
  must(
    mergedInto.every((token) => token < visualCount),
    "mergedInto",
    `tokens below ${visualCount}`,
    mergedInto.find((token) => token >= visualCount),
  );
  must(lastLayer.length === visualCount, "lastLayer", `${visualCount} tokens long`, lastLayer.length);
  must(
    lastLayer.every((at) => at < model.decoder.layers),
    "lastLayer",
    `below ${model.decoder.layers} layers`,
    lastLayer.find((at) => at >= model.decoder.layers),
  );
  const cells = importanceLayers.length * visualCount;
  must(importance.length === cells, "importance", `${cells} numbers long`, importance.length);
  const isAscending = importanceLayers.every(
    (at, i) => at < model.decoder.layers && at > (importanceLayers[i - 1] ?? -1),
  );
  must(isAscending, "importanceLayers", `ascending, below ${model.decoder.layers}`, importanceLayers);
  for (const { rows, columns, firstToken } of media.flatMap((each) => each.frames)) {
    const end = firstToken + rows * columns;
    must(end <= encoded, "tokens of a frame", `among the ${encoded} encoded`, end);
  }
}

/** Every frame has its steps, and every step takes the tokens that the one before left. */
function checkMerging({ merging, media }: RunRecord): void {
  if (merging === undefined) return;
  const frames = media.flatMap((each) => each.frames);
  if (merging.length !== frames.length) {
    throw unreadable("record.merging", `of ${frames.length} frames`, merging.length);
  }
  for (const [frame, { rows, columns }] of frames.entries()) {
    let left = rows * columns;
    for (const [index, step] of (merging[frame] ?? []).entries()) {
      const path = `record.merging[${frame}][${index}]`;
      if (step.rows.length !== left) throw unreadable(`${path}.rows`, `${left} tokens long`, step.rows.length);
      const sources = Math.ceil(left / 2);
      const { length } = step.similarity;
      if (length !== sources) throw unreadable(`${path}.similarity`, `${sources} numbers long`, length);
      left = new Set(step.rows).size;
      const beyond = step.rows.find((row) => row >= left);
      if (beyond !== undefined) throw unreadable(`${path}.rows`, `all rows below ${left}`, beyond);
    }
  }
}
