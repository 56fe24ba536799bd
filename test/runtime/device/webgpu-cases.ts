// Runs in a process of its own, as a crash would end it: compares small graphs on WebGPU with the fixtures and with the CPU. See webgpu.test.ts.
import assert from "node:assert/strict";
import path from "node:path";
import type { AttentionForm } from "#model/attention-form.ts";
import { readDecoderConfig } from "#model/checkpoint.ts";
import type { DecoderConfig } from "#model/config.ts";
import { buildDecoder } from "#model/decoder.ts";
import { f32 } from "#model/precision/f32.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import { InPlaceStore } from "#model/store.ts";
import { openWeights } from "#model/weights.ts";
import { encodeModel } from "#onnx/encode.ts";
import { Generation, keptOnDevice } from "#runtime/llm.ts";
import { type Device, GraphSession } from "#runtime/session.ts";
import { textFlags } from "../../parity/plain-decoder.ts";
import { assertClose } from "../../support/assert-close.ts";
import { readLlmCases, readTensors, setsWith } from "../../support/fixtures.ts";

const FORM: AttentionForm = { cached: "blocks", sweep: "unrolled" };
const LLM = "llm/cases.safetensors";
const [set] = setsWith(LLM);
assert.ok(set);
const folder = path.join(set.folder, "llm");
const tensors = readTensors(set, LLM);
const { cases, retain_rate_after_layer: rates } = readLlmCases(set, "llm");
const smallest = cases.reduce((least, one) => (one.boundaries[2] < least.boundaries[2] ? one : least));
const [start, end, count] = smallest.boundaries;
const prompt = {
  embeddings: tensors.floats(`${smallest.name}.inputs_embeds`).data,
  isText: textFlags(start, end, count),
  keepVisual: rates.map((rate) => Math.floor((end - start) * rate)),
};

async function open(device: Device, config: DecoderConfig): Promise<GraphSession> {
  const weights = openWeights(folder);
  const store = new InPlaceStore(weights);
  const lmHead = weights.has("lm_head.weight") ? "lm_head.weight" : "model.embed_tokens.weight";
  const graph = buildDecoder(config, { prefix: "model.", lmHead }, store, f32, pagerank, FORM);
  const options = { device, folder: store.folder, keepOnDevice: keptOnDevice(config) };
  return GraphSession.load(encodeModel(graph), options);
}

/** The whole LLM of the fixtures, with pruning: logits, importance and kept sets are the reference's. */
async function likeFixtures(): Promise<void> {
  const config = readDecoderConfig(folder);
  const session = await open("webgpu", config);
  const run = await new Generation(session, config, { keepsQueries: false }).prefill(prompt);
  const name = `${smallest.name}.physical`;
  const { data: kept } = tensors.get(`${name}.kept`);
  for (const [layer, entered] of run.entered.slice(1).entries()) {
    const expected = [...prompt.isText.keys()].filter((position) => kept[layer * count + position] === 1);
    assert.deepEqual([...entered], expected, `after layer ${layer}`);
  }
  const { data: importance } = tensors.get(`${name}.importance`);
  let ranked = 0;
  for (const [layer, scores] of run.importance.entries()) {
    const expected = Array.from(run.entered[layer] ?? [], (position) => importance[layer * count + position] ?? 0);
    if (scores) assertClose(scores, expected, { relative: 1e-3, absolute: 1e-12 });
    if (scores) ranked++;
  }
  assert.ok(ranked > 0, "no layer was ranked");
  const logits = tensors.has(`${name}.logits_last`) ? `${name}.logits_last` : `${name}.logits`;
  assertClose(run.logits, Array.from(tensors.get(logits).data).slice(-run.logits.length), 1e-4);
  await session.close();
}

/** A prompt and two tokens through three layers, whose cache stays on the device: logits, keys and queries are the CPU's. */
async function likeCpu(): Promise<void> {
  const config = { ...readDecoderConfig(folder), layers: 3 };
  const found: (readonly number[])[] = [];
  for (const device of ["cpu", "webgpu"] as const) {
    const session = await open(device, config);
    const generation = new Generation(session, config);
    const { logits } = await generation.prefill({ ...prompt, keepVisual: [end - start, 3, 0] });
    const embedding = prompt.embeddings.slice(0, config.hidden);
    const steps = [await generation.step(embedding), await generation.step(embedding)];
    const { keys, queries } = await generation.attended();
    assert.deepEqual(generation.cacheLengths, [count + 2, count + 2, count - (end - start) + 3 + 2]);
    found.push([logits, ...steps, ...keys, ...queries.flat()].flatMap((values) => [...values]));
    generation.release();
    await session.close();
  }
  const [expected = [], actual = []] = found;
  assertClose(actual, expected, 1e-4);
}

const CASES: Readonly<Record<string, () => Promise<void>>> = { likeFixtures, likeCpu };
for (const [name, run] of Object.entries(CASES)) {
  await run();
  process.stdout.write(`${name}\n`);
}
