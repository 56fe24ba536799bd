import assert from "node:assert/strict";
import { aimCost, aimOperators } from "#core/cost/aim.ts";
import { type CountedModel, QWEN2_7B, VICUNA_7B } from "#core/cost/shapes.ts";
import { formatPrune, type PruneSettings, parsePrune } from "#core/prune-settings.ts";
import { assertClose } from "../../support/assert-close.ts";

function costOf(model: CountedModel, visual: number, prune: PruneSettings | "off", fullVisual = visual) {
  const { decoder, hasSecondResidual, textTokens } = model;
  return aimCost(decoder, { text: textTokens, visual, fullVisual, prune, hasSecondResidual });
}

const between = (firstLayer: number, lastLayer: number): PruneSettings => ({ kind: "linear", firstLayer, lastLayer });

// Authors' figures: model, visual tokens, schedule, TFLOPs, milliseconds on an A100.
const TABLE = [
  [QWEN2_7B, 6272, "off", 99.63, 439.58],
  [QWEN2_7B, 3136, "off", 46.48, 182.65],
  [QWEN2_7B, 1568, "off", 22.9, 83.94],
  [QWEN2_7B, 768, "off", 11.64, 41.22],
  [QWEN2_7B, 384, "off", 6.41, 22.54],
  [QWEN2_7B, 192, "off", 3.85, 13.68],
  [QWEN2_7B, 96, "off", 2.57, 10.15],
  [QWEN2_7B, 1568, between(14, 22), 14.76, 55.03],
  [QWEN2_7B, 9408, between(14, 22), 99.27, 471.2],
  [QWEN2_7B, 1568, between(21, 29), 20.15, 73.61],
  [QWEN2_7B, 1568, between(14, 29), 17.41, 63.34],
  [QWEN2_7B, 1568, between(21, 22), 17.5, 65.35],
  [QWEN2_7B, 1568, between(7, 22), 12.01, 44.75],
  [QWEN2_7B, 1568, between(14, 15), 12.1, 46.77],
  [QWEN2_7B, 1568, between(7, 15), 9.36, 36.44],
  [QWEN2_7B, 1568, between(7, 8), 6.71, 28.18],
  [VICUNA_7B, 576, "off", 8.18, 29.3],
  [VICUNA_7B, 252, between(13, 21), 2.22, 10.92],
  [VICUNA_7B, 72, between(13, 21), 1.0, 8.98],
] as const;

describe("aimCost", () => {
  for (const [model, visual, prune, tflops, ms] of TABLE) {
    it(`${model.decoder.layers} layers, ${visual} visual tokens, prune ${formatPrune(prune)}: ${tflops} T and ${ms} ms`, () => {
      const cost = costOf(model, visual, prune);
      assertClose([cost.tflops], [tflops], 0.03);
      assertClose([cost.ms], [ms], 0.3);
    });
  }

  it("gives the paper's figure for VTW, 22.38 T, where it drops all tokens after layer 6", () => {
    assertClose([costOf(QWEN2_7B, 6272, parsePrune("6:0%")).tflops], [22.38], 0.01);
  });

  it("compares with the tokens that merging and pruning spare", () => {
    const cost = costOf(QWEN2_7B, 1568, between(14, 22), 6272);
    assert.equal(cost.fullTflops, costOf(QWEN2_7B, 6272, "off").tflops);
    assertClose([cost.ratio], [6.75], 0.01);
    assert.equal(costOf(QWEN2_7B, 6272, "off").ratio, 1);
  });

  it("adds up over layers to all but lm_head", () => {
    const { tflops, perLayerTflops } = costOf(QWEN2_7B, 1568, between(14, 22));
    const lmHead = (QWEN2_7B.decoder.hidden * QWEN2_7B.decoder.vocab) / 1e12;
    assert.equal(perLayerTflops.length, 28);
    assertClose([perLayerTflops.reduce((sum, layer) => sum + layer, lmHead)], [tflops], { relative: 1e-12 });
  });
});

describe("aimOperators", () => {
  it("is bound by memory where few tokens use many weights, by computing where many do", () => {
    const gateAt = (tokens: number) =>
      aimOperators(QWEN2_7B.decoder, [tokens], false).find(({ operator }) => operator === "gate_proj");
    const [few, many] = [gateAt(1), gateAt(5000)];
    assert.equal(few?.seconds, (few?.bytes ?? 0) / 1555e9);
    assert.equal(many?.seconds, (many?.flops ?? 0) / 312e12);
  });
});
