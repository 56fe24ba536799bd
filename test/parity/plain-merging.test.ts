import assert from "node:assert/strict";
import { z } from "zod";
import { matchTokens, mergeFrame, mergeTokens, type TokenMatch } from "#core/merge.ts";
import { dot, rowsOf, view } from "#core/vector.ts";
import { assertClose } from "../support/assert-close.ts";
import { readJson, readTensors, setsWith, type Tensor } from "../support/fixtures.ts";

const RELEASE = { order: "reference", weighting: "plain" } as const;

/** Cosines of equal or tied vectors differ by about this much in float32. */
const ROUNDING = 1e-6;

const STAGES = z.array(z.object({ name: z.string(), stages: z.array(z.object({ r_argument: z.number() })) }));
const MERGING = z.object({ cases: STAGES, ties: STAGES.default([]) });

for (const set of setsWith("merging.safetensors")) {
  describe(`plain merging, ${set.name}`, () => {
    const tensors = readTensors(set, "merging.safetensors");
    const { cases, ties } = readJson(set, "merging.json", MERGING);
    const rOf = new Map([...cases, ...ties].map(({ name, stages }) => [name, stages.map((stage) => stage.r_argument)]));

    for (const name of tensors.withSuffix(".input")) {
      const input = tensors.floats(`${name}.input`);
      const metric = tensors.has(`${name}.metric`) ? tensors.floats(`${name}.metric`) : undefined;
      const steps = rOf.get(name) ?? [];
      const last = tensors.floats(`${name}.stage${steps.length - 1}.output`);
      const [frames = 0] = input.shape;

      it(`${name}: each step decides and averages like the release`, () => {
        for (let frame = 0; frame < frames; frame++) {
          let values = frameOf(input, frame);
          let measured = metric ? frameOf(metric, frame) : undefined;
          for (const [stage, r] of steps.entries()) {
            const stable = tensors.has(`${name}.stage${stage}.output_stable`) ? "_stable" : "";
            const output = frameOf(tensors.floats(`${name}.stage${stage}.output${stable}`), frame);
            const assign = tensors.get(`${name}.stage${stage}.assign${stable}`);
            const expected = { ...output, assign: rowOf(assign, frame) };
            const decided = checkStep(values, measured ?? values, r, expected, stable !== "");
            if (measured)
              measured = { ...measured, ...mergeTokens(ones(measured), measured.channels, decided, RELEASE) };
            if (measured) measured = { ...measured, tokens: output.tokens };
            values = output;
          }
        }
      });

      if (!tensors.has(`${name}.assign_total`)) continue;
      it(`${name}: all steps on a frame give the release's tokens and total map`, () => {
        for (let frame = 0; frame < frames; frame++) {
          const merged = mergeFrame(
            { ...frameOf(input, frame), ...(metric && { metric: frameOf(metric, frame) }) },
            steps,
            RELEASE,
          );
          assert.deepEqual([...merged.assign], [...rowOf(tensors.get(`${name}.assign_total`), frame)]);
          assertClose(merged.values, frameOf(last, frame).values, 1e-5);
        }
      });
    }
  });
}

interface Frame {
  readonly values: Float32Array;
  readonly tokens: number;
  readonly channels: number;
}

function frameOf({ shape, data }: Tensor<Float32Array>, frame: number): Frame {
  const [, tokens = 0, channels = 0] = shape;
  return { values: view(data, frame * tokens * channels, tokens * channels), tokens, channels };
}

function rowOf({ shape, data }: Tensor, row: number): ArrayLike<number> & Iterable<number> {
  const [, width = 0] = shape;
  return data.subarray(row * width, (row + 1) * width);
}

const ones = ({ values, tokens }: Frame) => ({ values, sizes: new Int32Array(tokens).fill(1) });

interface Expected extends Frame {
  readonly assign: ArrayLike<number> & Iterable<number>;
}

/**
 * Checks one step against the release and returns the release's decision. Where the case was made of ties that float32
 * rounds apart, any decision that is right up to rounding may stand; what follows from it may not differ.
 */
function checkStep(values: Frame, metric: Frame, r: number, expected: Expected, isTied: boolean): TokenMatch {
  const match = matchTokens(metric.values, metric.tokens, metric.channels, r);
  assert.equal(match.merged, values.tokens - expected.tokens);
  if (!isTied || isExact(metric)) {
    const merged = mergeTokens(ones(values), values.channels, match, RELEASE);
    assert.deepEqual([...merged.assign], [...expected.assign]);
    assertClose(merged.values, expected.values, 1e-5);
  }
  const decided = decisionOf(expected.assign, match);
  const merged = mergeTokens(ones(values), values.channels, decided, RELEASE);
  assert.deepEqual([...merged.assign], [...expected.assign]);
  assertClose(merged.values, expected.values, 1e-5);
  checkDecision(match, metric);
  checkDecision(decided, metric);
  return decided;
}

/** Whether every cosine is exact in float32: entries of 1 and -1 with a norm that is a power of two, or one vector throughout. */
function isExact({ values, tokens, channels }: Frame): boolean {
  const areSigns = values.every((value) => Math.abs(value) === 1) && Number.isInteger(Math.log2(channels) / 2);
  const isConstant = values.every((value, i) => value === values[i % channels]);
  return tokens > 0 && (areSigns || isConstant);
}

/** The match that leads to `assign` in reference order; unmerged sources come first there. */
function decisionOf(assign: ArrayLike<number>, { merged, sources }: TokenMatch): TokenMatch {
  const staying = sources.length - merged;
  const row = (source: number) => assign[source] ?? -1;
  const mergedSources = sources.filter((source) => row(source) >= staying);
  const others = sources.filter((source) => row(source) < staying).sort((a, b) => row(a) - row(b));
  return {
    sources: Int32Array.of(...mergedSources, ...others),
    destinations: mergedSources.map((source) => 2 * (row(source) - staying) + 1),
    similarity: new Float32Array(),
    merged,
  };
}

/** That the merged sources are the most similar ones, each goes to its most similar token, and the others follow in order. */
function checkDecision({ sources, destinations, merged }: TokenMatch, { values, channels }: Frame): void {
  const rows = rowsOf(values, channels);
  const cosine = (a: number, b: number) => {
    const [x = new Float32Array(), y = new Float32Array()] = [rows[a], rows[b]];
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)) || 0;
  };
  const odd = [...rows.keys()].filter((position) => position % 2 === 1);
  const best = Array.from(sources, (source) => Math.max(...odd.map((position) => cosine(source, position))));
  for (const [index, source] of sources.subarray(0, merged).entries()) {
    const similarity = cosine(source, destinations[index] ?? -1);
    assert.ok(similarity >= (best[index] ?? 0) - ROUNDING, `token ${source} merges into a less similar one`);
  }
  const cut = Math.min(...best.slice(0, merged));
  for (const [index, similarity] of best.slice(merged).entries()) {
    const before = index === 0 ? cut : (best[merged + index - 1] ?? 0);
    assert.ok(similarity <= before + ROUNDING, `token ${sources[merged + index]} stays before a less similar one`);
  }
}
