import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { continueGreedily, prefill } from "#core/reference/decoder.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";
import { resolveSettings, type SettingsPatch } from "#core/settings.ts";
import { rowsOf } from "#core/vector.ts";
import { readImage } from "#media/image.ts";
import { toPixelValues } from "#media/preprocess.ts";
import { openCheckpoint } from "#model/checkpoint.ts";
import { Calibration } from "#runtime/budget/calibration.ts";
import { FeatureCache } from "#runtime/feature-cache.ts";
import { ModelSessions } from "#runtime/model-sessions.ts";
import type { OpenModel } from "#runtime/open-model.ts";
import { readPixelConfigs } from "#runtime/pixels.ts";
import { PromptWriter } from "#runtime/prompt.ts";
import { RecentMedia } from "#runtime/recent-media.ts";
import { Run } from "#runtime/run.ts";
import { Tokenizer } from "#runtime/tokenizer.ts";
import { TINY_LLAVA } from "../../tools/checkpoint/llava-spec.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { assertClose } from "../support/assert-close.ts";
import { PlainLlava } from "../support/plain-llava.ts";

const PICTURE = path.join(import.meta.dirname, "../../media/samples/four-shapes.jpg");
const QUESTION = "Which shapes are red in this picture?";
/** A grid of 12 x 12: the plain forms are slow. */
const SPEC = { ...TINY_LLAVA, vision: { ...TINY_LLAVA.vision, imageSizePx: 24 } };
const LOGITS = { absolute: 1e-3 };

describe("LLaVA-1.5, whole runs beside plain TypeScript", () => {
  let folder = "";
  let model: OpenModel;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "aim-"));
    makeCheckpoint(folder, SPEC);
    const checkpoint = openCheckpoint(folder);
    const precision = { vision: "f32", decoder: "f32" } as const;
    const tokenizer = Tokenizer.open(folder);
    model = {
      checkpoint,
      device: "cpu",
      precision,
      sessions: new ModelSessions(checkpoint, precision, "cpu"),
      notices: [],
      keepsTraces: false,
      tokenizer,
      prompts: PromptWriter.open(folder, tokenizer),
      pixels: readPixelConfigs(folder, checkpoint.model.vision.imageSizePx),
      features: new FeatureCache(undefined),
      calibration: new Calibration(undefined, "parity"),
      recent: new RecentMedia(),
    };
  });
  after(async () => {
    await model.sessions.close();
    model.checkpoint.weights.close();
    rmSync(folder, { recursive: true });
  });

  const settings: readonly (readonly [string, SettingsPatch, number])[] = [
    ["to 43.75 %, and prunes", {}, 63],
    ["to 12.5 %, by position and size", { merge: { retention: 0.125, order: "spatial", weighting: "size" } }, 18],
    ["nothing", { method: "full" }, 144],
  ];
  for (const [name, said, left] of settings) {
    it(`merges ${name}: the same tokens at every layer, the same logits and answer`, async () => {
      const { checkpoint, pixels, prompts } = model;
      const resolved = resolveSettings(checkpoint.preset, { ...said, maxTokens: 3 });
      const query = { question: QUESTION, media: [{ kind: "image", path: PICTURE }], settings: {} } as const;
      const run = await new Run(model, { query, settings: resolved }, { events: {}, signal: undefined }).execute();

      const plain = new PlainLlava(checkpoint, 2);
      const seen = toPixelValues(await readImage(PICTURE), pixels.picturePixels);
      const visual = rowsOf(plain.tokens(seen, resolved.merge), SPEC.text.hidden);
      assert.equal(visual.length, left);
      const table = checkpoint.weights.readFloat32(`${checkpoint.model.decoderNames.prefix}embed_tokens.weight`);
      const words = rowsOf(table, SPEC.text.hidden);
      const { ids } = prompts.write(QUESTION, ["image"], 1000);
      const isImage = (id: number) => id === checkpoint.model.placeholders.image;
      const embeddings = ids.flatMap((id) => (isImage(id) ? visual : [words[id] ?? new Float32Array()]));
      const isText = ids.flatMap((id) => (isImage(id) ? visual.map(() => 0) : [1]));
      const expected = prefill(plain.decoder, {
        embeddings: Float32Array.from(embeddings.flatMap((row) => [...row])),
        isText: Uint8Array.from(isText),
        keepVisual: keptVisualPerLayer(SPEC.text.layers, left, resolved.prune),
        mode: "physical",
      });

      assertClose(
        run.sequence.embeddings,
        embeddings.flatMap((row) => [...row]),
        LOGITS,
      );
      assert.deepEqual(
        run.prefill.entered.map((tokens) => [...tokens]),
        expected.layers.map(({ entered }) => [...entered]),
      );
      assertClose(run.prefill.logits, expected.logits, LOGITS);
      const { ids: answer } = continueGreedily(plain.decoder, expected, run.answer.ids.length);
      assert.deepEqual(run.answer.ids, answer);
    });
  }
});
