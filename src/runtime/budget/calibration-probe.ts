import { exactOperators } from "#core/cost/exact-operators.ts";
import type { StageSample } from "#core/cost/predicted-fit.ts";
import { type PredictedStage, workOf } from "#core/cost/predicted-work.ts";
import { throwIfCancelled } from "#core/errors.ts";
import { defaultPrune, type PruneSettings } from "#core/prune-settings.ts";
import { seededRandom } from "#core/random.ts";
import { keptVisualPerLayer, rankedLayers, tokensEntering } from "#core/schedule.ts";
import type { FamilyModel } from "#model/family.ts";
import { Generation } from "../llm.ts";
import type { RunContext } from "../run-context.ts";
import type { GraphSession } from "../session.ts";

/** Text tokens of every prompt that is measured. */
const TEXT = 8;
/** Prompts grow fourfold from the least tokens to the most, as long as the next one is not expected to take longer than `longestMs`. */
const SIZES = { least: 16, most: 1024, growth: 4, longestMs: 2500 };
/** A prompt that is faster than this is run again, because the first run of a size also sets memory up. */
const QUICK_MS = 150;
const DECODED = 4;

type Measured = Partial<Record<PredictedStage, StageSample>>;

/**
 * Measures an open LLM for some seconds: prefill of random prompts of several lengths, once with pruning, and a few tokens decoded. On a large model on a slow
 * machine only the shortest prompts. Throws `cancelled`, and what the graph throws.
 */
export async function probe(
  model: FamilyModel,
  session: GraphSession,
  context: RunContext,
): Promise<readonly Measured[]> {
  const { decoder } = model;
  const measured: Measured[] = [];
  const most = Math.min(SIZES.most, Math.floor(decoder.maxPositions / 2));
  const measure = async (tokens: number, prune: PruneSettings | "off") => {
    throwIfCancelled(context.signal);
    context.events.onProgress?.("calibrate", measured.length, 0);
    await new Promise((resume) => setImmediate(resume)); // lets progress be shown and a cancellation arrive
    const first = await timePrompt(model, session, { tokens, prune });
    const isQuick = (first.prefill?.ms ?? 0) < QUICK_MS;
    const sample = isQuick ? await timePrompt(model, session, { tokens, prune }) : first;
    measured.push(sample);
    return sample.prefill?.ms ?? 0;
  };
  let tokens = Math.min(SIZES.least, most);
  for (let ms = await measure(tokens, "off"); tokens < most && ms * SIZES.growth <= SIZES.longestMs; ) {
    tokens = Math.min(most, tokens * SIZES.growth);
    ms = await measure(tokens, "off");
  }
  await measure(tokens, defaultPrune(decoder.layers));
  return measured;
}

/** One prompt of random embeddings, and DECODED tokens after it. */
async function timePrompt(
  { decoder, vision }: FamilyModel,
  session: GraphSession,
  { tokens, prune }: { readonly tokens: number; readonly prune: PruneSettings | "off" },
): Promise<Measured> {
  const random = seededRandom(tokens);
  const text = Math.min(TEXT, tokens);
  const visual = tokens - text;
  const embeddings = Float32Array.from({ length: tokens * decoder.hidden }, () => (random() - 0.5) * 0.1);
  const isText = new Uint8Array(tokens).fill(1, visual);
  const generation = new Generation(session, decoder);
  let [prefillMs, decodeMs] = [0, 0];
  try {
    const start = performance.now();
    await generation.prefill({ embeddings, isText, keepVisual: keptVisualPerLayer(decoder.layers, visual, prune) });
    prefillMs = performance.now() - start;
    for (let step = 0; step < DECODED; step++) await generation.step(embeddings.slice(0, decoder.hidden));
    decodeMs = performance.now() - start - prefillMs;
  } finally {
    generation.release();
  }

  const perLayer = tokensEntering(decoder.layers, text, visual, prune);
  const operators = exactOperators({
    ...{ decoder, vision, encodedFrames: 0, pooledTokens: 0, mergeFlops: 0 },
    ...{ text, fullVisual: visual, perLayer, kvPerLayer: perLayer, decodeSteps: DECODED },
    ranking: "pagerank",
    importanceLayers: rankedLayers(decoder.layers, visual, prune),
  });
  const media = { videos: 0, pictures: 0, pieces: 0, megapixels: 0 };
  const work = workOf(operators, { media, mergeRuns: 0, decodeSteps: DECODED });
  return { prefill: { work: work.prefill, ms: prefillMs }, decode: { work: work.decode, ms: decodeMs } };
}
