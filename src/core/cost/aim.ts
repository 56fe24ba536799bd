import type { PruneSettings } from "../prune-settings.ts";
import { keptVisualPerLayer } from "../schedule.ts";
import { A100, HALF } from "./accelerators.ts";
import type { AimCost } from "./report.ts";
import { roofline } from "./roofline.ts";
import type { DecoderShape } from "./shape.ts";

/** One operator at one layer; `layer` is null for lm_head, which follows the last. */
export interface OperatorCost {
  readonly layer: number | null;
  readonly operator: string;
  readonly flops: number;
  /** Moved between memory and chip: weights, activations and KV cache, read and written. */
  readonly bytes: number;
  /** On an A100, the longer of computing and moving: the release's roofline. */
  readonly seconds: number;
}

/**
 * The convention `aim`, operator by operator: prefill of the LLM as the release's table counts it, in fp16 without flash
 * attention, layer i at `tokensPerLayer[i]` tokens.
 *
 * Two FLOPs per multiply-add, but one in lm_head (one row); attention full rather than causal; the MLP's activation at the hidden
 * width. `hasSecondResidual`: see CountedModel.
 * Source: the tables in LaVi-Lab/AIM, reproduced from their numbers.
 */
export function aimOperators(
  shape: DecoderShape,
  tokensPerLayer: readonly number[],
  hasSecondResidual: boolean,
): OperatorCost[] {
  const { hidden, vocab } = shape;
  const rows = tokensPerLayer.flatMap((tokens, layer) => layerOperators(shape, tokens, layer));
  const counted = hasSecondResidual ? rows : rows.filter((row) => row.operator !== "mlp_add");
  return [...counted, operator(null, "lm_head", hidden * vocab, hidden * vocab + hidden + vocab)];
}

function layerOperators(shape: DecoderShape, n: number, layer: number): OperatorCost[] {
  const { hidden, intermediate, heads, kvHeads, headDim } = shape;
  const scores = heads * n * n;
  const queries = heads * headDim * n;
  const keys = kvHeads * headDim * n;
  const row = (name: string, flops: number, values: number) => operator(layer, name, flops, values);
  const linear = (name: string, inputs: number, outputs: number) =>
    row(name, 2 * inputs * outputs * n, inputs * outputs + (inputs + outputs) * n);
  return [
    row("attn_norm", 7 * hidden * n, 2 * hidden * n),
    linear("q_proj", hidden, heads * headDim),
    linear("k_proj", hidden, kvHeads * headDim),
    linear("v_proj", hidden, kvHeads * headDim),
    row("qk_matmul", 2 * scores * headDim, 2 * keys + scores), // the release reads keys where queries are meant
    row("softmax", 5 * scores, 2 * scores),
    row("sv_matmul", 2 * scores * headDim, scores + keys + queries),
    linear("out_proj", heads * headDim, hidden),
    row("attn_add", hidden * n, 2 * hidden * n),
    row("mlp_norm", 7 * hidden * n, 2 * hidden * n),
    linear("gate_proj", hidden, intermediate),
    linear("up_proj", hidden, intermediate),
    row("mlp_act", 2 * hidden * n, 3 * hidden * n),
    linear("down_proj", intermediate, hidden),
    row("mlp_add", hidden * n, 2 * hidden * n),
  ];
}

function operator(layer: number | null, name: string, flops: number, values: number): OperatorCost {
  const bytes = values * HALF.activation;
  return { layer, operator: name, flops, bytes, seconds: roofline({ flops, bytes }, A100).seconds };
}

export interface AimCostInput {
  /** Text tokens of the prompt. */
  readonly text: number;
  /** Visual tokens that enter the LLM. */
  readonly visual: number;
  /** Visual tokens that would enter it without merging. */
  readonly fullVisual: number;
  readonly prune: PruneSettings | "off";
  readonly hasSecondResidual: boolean;
}

/**
 * The cost of a prompt under the convention `aim`. As the release does, it counts layer i with the tokens kept after layer i, one layer
 * too few. The schedule may end beyond the model, as in the paper's ablation (21..29 of 28 layers).
 */
export function aimCost(shape: DecoderShape, input: AimCostInput): AimCost {
  const { text, visual, fullVisual, prune, hasSecondResidual } = input;
  const layers = [...Array(shape.layers).keys()];
  const kept = keptVisualPerLayer(shape.layers, visual, prune).map((left) => text + left);
  const full = layers.map(() => text + fullVisual);
  const rows = aimOperators(shape, kept, hasSecondResidual);
  const tflops = sum(rows.map((row) => row.flops)) / 1e12;
  const fullTflops = sum(aimOperators(shape, full, hasSecondResidual).map((row) => row.flops)) / 1e12;
  return {
    tflops,
    fullTflops,
    ratio: fullTflops / tflops,
    ms: sum(rows.map((row) => row.seconds)) * 1000,
    perLayerTflops: byLayer(rows, shape.layers).map((flops) => flops / 1e12),
  };
}

function byLayer(rows: readonly OperatorCost[], layers: number): number[] {
  const flops = new Array<number>(layers).fill(0);
  for (const row of rows) if (row.layer !== null) flops[row.layer] = (flops[row.layer] ?? 0) + row.flops;
  return flops;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
