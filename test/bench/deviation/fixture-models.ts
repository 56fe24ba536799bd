import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Precision } from "#core/precision.ts";
import { readDecoderConfig } from "#model/checkpoint.ts";
import { RECIPES } from "#model/compile.ts";
import { buildDecoder } from "#model/decoder.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import { ConvertedStore, InPlaceStore } from "#model/store.ts";
import { openWeights } from "#model/weights.ts";
import { encodeModel } from "#onnx/encode.ts";
import { convert } from "#runtime/convert.ts";
import { Generation } from "#runtime/llm.ts";
import { GraphSession } from "#runtime/session.ts";
import { fixtureSets, readLlmCases, readTensors } from "../../support/fixtures.ts";
import { cosine, type Deviation, jaccard } from "./agreement.ts";

interface FixtureRun {
  readonly logits: Float32Array;
  /** By layer, the visual tokens that entered it. */
  readonly visual: readonly ReadonlySet<number>[];
}

/** Runs every prompt of a parity fixture's LLM with its pruning schedule. */
async function runFixture(folder: string, precision: Precision): Promise<FixtureRun[]> {
  const [set] = fixtureSets();
  if (set === undefined) throw new Error("there is no fixture set");
  const dir = path.join(set.folder, folder);
  const config = readDecoderConfig(dir);
  const weights = openWeights(dir);
  const cache = mkdtempSync(path.join(tmpdir(), "aim-precision-"));
  const recipe = RECIPES[precision];
  const store = recipe.isInPlace ? new InPlaceStore(weights) : new ConvertedStore(weights, cache, precision);
  const lmHead = weights.has("lm_head.weight") ? "lm_head.weight" : "model.embed_tokens.weight";
  const graph = buildDecoder(config, { prefix: "model.", lmHead }, store, recipe, pagerank);
  if (store instanceof ConvertedStore) await convert(store);
  const session = await GraphSession.load(encodeModel(graph), { device: "cpu", folder: store.folder });
  const { retain_rate_after_layer: rates, cases } = readLlmCases(set, folder);
  const tensors = readTensors(set, `${folder}/cases.safetensors`);
  const results: FixtureRun[] = [];
  for (const { name, boundaries } of cases) {
    const [start, end, count] = boundaries;
    const isText = new Uint8Array(count).fill(1).fill(0, start, end);
    const keepVisual = rates.map((rate) => Math.floor((end - start) * rate));
    const embeddings = tensors.floats(`${name}.inputs_embeds`).data;
    const { logits, entered } = await new Generation(session, config).prefill({ embeddings, isText, keepVisual });
    const visual = entered.map((positions) => new Set([...positions].filter((position) => isText[position] === 0)));
    results.push({ logits: logits.slice(), visual });
  }
  await session.close();
  weights.close();
  rmSync(cache, { recursive: true });
  return results;
}

/** A deviation, and the cosine of the logits. */
type FixtureDeviation = Deviation & { readonly cosine: number };

/** The deviation of each precision from f32 on the LLM in `folder` of the parity fixtures, by prompt. */
export async function fixtureDeviations(
  folder: string,
  precisions: readonly Precision[],
): Promise<Map<Precision, FixtureDeviation[]>> {
  const exact = await runFixture(folder, "f32");
  const found = new Map<Precision, FixtureDeviation[]>();
  for (const precision of precisions) {
    const runs = await runFixture(folder, precision);
    found.set(
      precision,
      runs.flatMap((run, i) => (exact[i] ? [compare(run, exact[i])] : [])),
    );
  }
  return found;
}

function compare(run: FixtureRun, exact: FixtureRun): FixtureDeviation {
  const largest = (logits: Float32Array) => logits.indexOf(Math.max(...logits));
  const isSameFirst = largest(run.logits) === largest(exact.logits);
  const entered = exact.visual[0]?.size ?? 0;
  const overlap = exact.visual.flatMap((kept, layer) =>
    kept.size === 0 || kept.size === entered ? [] : [jaccard(run.visual[layer] ?? new Set(), kept)],
  );
  return { cosine: cosine(run.logits, exact.logits), overlap, isSameFirst, isSameAnswer: isSameFirst };
}
