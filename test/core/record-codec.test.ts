import assert from "node:assert/strict";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { isObject } from "#core/json-reader.ts";
import { METHOD_NAMES } from "#core/methods.ts";
import { packBytes, packWhole } from "#core/packed-array.ts";
import { parsePrune } from "#core/prune-settings.ts";
import type { MergeStep, RunRecord } from "#core/record.ts";
import { compactRecord, recordFromJson, recordToJson } from "#core/record-codec.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const viaText = (json: unknown): unknown => JSON.parse(JSON.stringify(json));
const sizeBytes = (json: unknown) => Buffer.byteLength(JSON.stringify(json));
const jpeg = (characters: number) => `data:image/jpeg;base64,${"A".repeat(characters)}`;

/** The run of the paper's default: 32 frames of 14 x 14, a quarter kept, pruned 14..22 of 28 layers. */
const largeRun = (thumbnailCharacters: number) =>
  syntheticRecord({
    frames: 32,
    side: 14,
    layers: 28,
    mergeSteps: [98, 49],
    prune: parsePrune("14..22"),
    thumbnail: () => jpeg(thumbnailCharacters),
  });

/** The steps of `mergeSteps` in every frame of a record that was made with them; cosines are such as a byte holds exactly. */
function withMerging(record: RunRecord, counts: readonly number[]): RunRecord {
  const frames = record.media.flatMap((medium) => medium.frames);
  const merging = frames.map(({ rows, columns }, frame) => {
    let tokens = rows * columns;
    return counts.map((count): MergeStep => {
      const evens = Math.ceil(tokens / 2);
      const similarity = Float32Array.from({ length: evens }, (_, i) => ((7 * i + frame) % 256) / 255);
      similarity.set([0, 1].slice(0, evens)); // the whole range, so that every value is one of the 256
      const left = tokens - count;
      const step = {
        rows: Int32Array.from({ length: tokens }, (_, i) => (i < left ? i : (37 * i) % left)),
        similarity,
      };
      tokens = left;
      return step;
    });
  });
  return { ...record, merging };
}

describe("a record with a budget", () => {
  it("is read as it was written, and so is one of a version that knew none", () => {
    const predictedMs = { media: 1, vision: 2, merge: 3, prefill: 4, firstToken: 10.5 };
    const budget = { target: { kind: "seconds", value: 2 }, value: 1.5, isReached: true } as const;
    for (const fields of [{ budget, predictedMs: { ...predictedMs, decodePerToken: 5 } }, { predictedMs }, {}]) {
      const { budget: read, predictedMs: predicted } = recordFromJson(
        viaText(recordToJson(syntheticRecord({ fields }))),
      );
      assert.deepEqual({ ...(read && { budget: read }), ...(predicted && { predictedMs: predicted }) }, fields);
    }
  });

  it("is refused where it is none", () => {
    const json = viaText(recordToJson(syntheticRecord()));
    assert.ok(isObject(json));
    const wrong = { target: { kind: "seconds", value: 2 }, value: 1.5, isReached: "yes" };
    assert.throws(() => recordFromJson({ ...json, budget: wrong }), /budget\.isReached must be true or false/);
    assert.throws(() => recordFromJson({ ...json, predictedMs: { media: 1 } }), /predictedMs\.vision must be a number/);
  });
});

describe("recordToJson and recordFromJson", () => {
  it("give back any record, NaN included", () => {
    const options = fc.record({
      frames: fc.integer({ min: 1, max: 4 }),
      side: fc.integer({ min: 1, max: 5 }),
      layers: fc.integer({ min: 1, max: 9 }),
      mergeSteps: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 2 }),
      prune: fc.constantFrom("off", "2..5", "0:50%", "1:50%,3:0%").map(parsePrune),
      fields: fc.record({
        question: fc.string({ unit: "grapheme" }),
        answer: fc.string({ unit: "grapheme" }),
        notices: fc.array(fc.string()),
      }),
    });
    fc.assert(
      fc.property(options, (chosen) => {
        const record = syntheticRecord(chosen);
        assert.deepEqual(recordFromJson(viaText(recordToJson(record))), record);
      }),
      { numRuns: 50 },
    );
    assert.ok(syntheticRecord().visual.importance.some(Number.isNaN));
  });

  it("give back merge steps, a cosine to a byte, and the shape of the vision tower", () => {
    const plain = syntheticRecord();
    const vision = { layers: 4, hidden: 8, intermediate: 9, heads: 2, imageSizePx: 96, patchSizePx: 7, projected: 128 };
    const record = withMerging({ ...plain, model: { ...plain.model, vision } }, [24, 12]);
    const read = recordFromJson(viaText(recordToJson(record)));
    assert.deepEqual(read, record);
    const [first, second] = read.merging?.[3] ?? [];
    assert.deepEqual([first?.rows.length, first?.similarity.length], [49, 25]);
    assert.deepEqual([second?.rows.length, second?.similarity.length], [25, 13]);
    const unmerged = { ...plain, merging: plain.media.flatMap(({ frames }) => frames.map(() => [])) };
    assert.deepEqual(recordFromJson(viaText(recordToJson(unmerged))), unmerged);
  });

  for (const method of METHOD_NAMES) {
    it(`give back a run of the method ${method}`, () => {
      const plain = syntheticRecord();
      const record = { ...plain, settings: { ...plain.settings, method } };
      assert.deepEqual(recordFromJson(viaText(recordToJson(record))), record);
    });
  }

  it("give back tokens that a method dropped before the LLM", () => {
    const plain = syntheticRecord();
    const mergedInto = plain.visual.mergedInto.map((token, i) => (i % 3 === 0 ? -1 : token));
    const record = { ...plain, visual: { ...plain.visual, mergedInto } };
    assert.deepEqual(recordFromJson(viaText(recordToJson(record))), record);
  });

  it("leave out keys that a record does not have", () => {
    const json = { ...jsonObject(), extra: 1 };
    assert.deepEqual(recordFromJson(json), syntheticRecord());
  });

  it("refuse anything else with an AimError", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.throws(() => recordFromJson(value), AimError);
      }),
    );
  });

  const jsonObject = (...path: readonly string[]): Record<string, unknown> => {
    const json = path.reduce<unknown>(
      (value, key) => isObject(value) && value[key],
      viaText(recordToJson(syntheticRecord())),
    );
    assert.ok(isObject(json));
    return { ...json };
  };
  const media = (frame: object) => [
    { ...syntheticRecord().media[0], frames: [{ ...syntheticRecord().media[0]?.frames[0], ...frame }] },
  ];
  const merging = (change: (step: Record<string, unknown>) => object) => {
    const json = viaText(recordToJson(withMerging(syntheticRecord(), [24, 12])));
    assert.ok(isObject(json) && Array.isArray(json.merging));
    const steps: readonly Record<string, unknown>[] = json.merging[5];
    return { merging: json.merging.with(5, steps.with(1, { ...steps[1], ...change({ ...steps[1] }) })) };
  };
  const visual = (changes: object) => ({ visual: { ...jsonObject("visual"), ...changes } });

  const wrong: Readonly<Record<string, readonly [changes: () => object, message: RegExp]>> = {
    "another version": [() => ({ version: 2 }), /record\.version must be 1/],
    "a missing key": [() => ({ answer: undefined }), /record\.answer must be a text, got undefined/],
    "an unknown word": [() => ({ device: "tpu" }), /record\.device must be one of cpu, webgpu, cuda, got "tpu"/],
    "a picture from the network": [
      () => ({ media: media({ thumbnail: "https://example.org/a.png" }) }),
      /frames\[0\]\.thumbnail must be/,
    ],
    "a picture that may hold scripts": [
      () => ({ media: media({ thumbnail: "data:image/svg+xml;base64,AAAA" }) }),
      /frames\[0\]\.thumbnail must be/,
    ],
    "a frame beyond the tokens": [
      () => ({ media: media({ firstToken: 390 }) }),
      /tokens of a frame must be among the 392/,
    ],
    "a merge map of another length": [
      () => visual({ mergedInto: packWhole(Int32Array.of(0)) }),
      /mergedInto must be 392 tokens long, got 1/,
    ],
    "a token that does not exist": [
      () => visual({ mergedInto: packWhole(new Int32Array(392).fill(105)) }),
      /mergedInto must be tokens below 105/,
    ],
    "a layer that does not exist": [
      () => visual({ lastLayer: packWhole(new Int16Array(105).fill(8)) }),
      /lastLayer must be below 8 layers, got 8/,
    ],
    "importance of another length": [
      () => visual({ importanceLayers: [4] }),
      /importance must be 105 numbers long, got 210/,
    ],
    "a schedule of no kind": [
      () => ({ settings: { ...jsonObject("settings"), prune: { firstLayer: 4, lastLayer: 7 } } }),
      /settings\.prune\.kind must be one of linear/,
    ],
    "layers out of order": [() => visual({ importanceLayers: [5, 4] }), /importanceLayers must be ascending/],
    "merge steps of too few frames": [() => ({ merging: [] }), /record\.merging must be of 8 frames, got 0/],
    "a merge step of other tokens than the one before left": [
      () => merging(() => ({ rows: packWhole(new Int32Array(24)) })),
      /merging\[5\]\[1\]\.rows must be 25 tokens long, got 24/,
    ],
    "a merge step with a row that nothing became": [
      () => merging(() => ({ rows: packWhole(Int32Array.from({ length: 25 }, (_, i) => (i === 0 ? 9 : 0))) })),
      /merging\[5\]\[1\]\.rows must be all rows below 2, got 9/,
    ],
    "similarities of another length": [
      () => merging(() => ({ similarity: packBytes(new Float32Array(25)) })),
      /merging\[5\]\[1\]\.similarity must be 13 numbers long, got 25/,
    ],
    "tokens of too few layers": [
      () => ({ tokens: { ...syntheticRecord().tokens, perLayer: [1] } }),
      /perLayer must be 8 numbers, one a layer/,
    ],
  };
  for (const [name, [changes, message]] of Object.entries(wrong)) {
    it(`refuse ${name}`, () => {
      const json = { ...jsonObject(), ...changes() };
      assert.throws(
        () => recordFromJson(json),
        (error) => error instanceof AimError && message.test(error.message) && error.hint !== undefined,
      );
    });
  }
});

describe("compactRecord", () => {
  it("leaves a small record whole", () => {
    const record = syntheticRecord();
    assert.deepEqual(recordFromJson(viaText(compactRecord(record))), record);
  });

  it("leaves out merge steps first", () => {
    const record = withMerging(syntheticRecord({ thumbnail: () => jpeg(4000) }), [24, 12]);
    const { merging, ...rest } = record;
    assert.ok(merging);
    const limit = sizeBytes(recordToJson(rest));
    assert.deepEqual(recordFromJson(viaText(compactRecord(record, sizeBytes(recordToJson(record))))), record);
    assert.deepEqual(recordFromJson(viaText(compactRecord(record, limit))), rest);
    const less = recordFromJson(viaText(compactRecord(record, limit - 1)));
    assert.deepEqual([less.merging, less.visual.importance.length], [undefined, 0]);
  });

  it("takes at most 60 KB for 32 frames with thumbnails of 950 bytes, by leaving out importance only", () => {
    const record = largeRun(1268);
    const compact = compactRecord(record);
    assert.ok(sizeBytes(recordToJson(record)) > 100_000);
    assert.ok(sizeBytes(compact) <= 60_000, `${sizeBytes(compact)} bytes`);
    const read = recordFromJson(viaText(compact));
    const visual = { ...record.visual, importanceLayers: [], importance: new Float32Array(0) };
    assert.deepEqual(read, { ...record, visual });
  });

  it("keeps every second thumbnail where all are too many, then fewer, then none", () => {
    const kept = (thumbnailCharacters: number) => {
      const compact = compactRecord(largeRun(thumbnailCharacters));
      assert.ok(sizeBytes(compact) <= 60_000);
      const frames = recordFromJson(compact).media[0]?.frames ?? [];
      return frames.flatMap((frame, index) => (frame.thumbnail === "" ? [] : index));
    };
    assert.deepEqual(
      kept(2000),
      Array.from({ length: 16 }, (_, i) => 2 * i),
    );
    assert.deepEqual(kept(20_000), [0, 16]);
    assert.deepEqual(kept(80_000), []);
  });
});
