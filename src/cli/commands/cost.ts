import { aimCost, aimOperators } from "#core/cost/aim.ts";
import { type PlannedPrompt, plannedPrefill } from "#core/cost/planned.ts";
import { type CountedModel, QWEN2_7B, VICUNA_7B } from "#core/cost/shapes.ts";
import { AimError } from "#core/errors.ts";
import { parsePrune } from "#core/prune-settings.ts";
import { keptVisualPerLayer, tokensEntering } from "#core/schedule.ts";
import { NUMBER_RULES, type NumberRule, parseNumber, parseWord } from "#core/settings.ts";
import { formatFlops, formatMs, formatTimes } from "#core/units.ts";
import { describeLlm } from "#runtime/models.ts";
import type { Command } from "../command.ts";
import { isSet, parseCommandArgs, text, type Values } from "../options.ts";

const OPTIONS = {
  llm: { type: "string" },
  visual: { type: "string" },
  "full-visual": { type: "string" },
  text: { type: "string" },
  prune: { type: "string" },
  convention: { type: "string" },
  json: { type: "boolean" },
} as const;

const NAMED: Readonly<Record<string, CountedModel>> = { "qwen2-7b": QWEN2_7B, "vicuna-7b": VICUNA_7B };
const TOKENS: NumberRule = { ...NUMBER_RULES.frames, name: "tokens", least: 0, most: 10_000_000 };

export const cost: Command = {
  name: "cost",
  summary: "FLOPs and A100 roofline time of an LLM's prefill, without running it",
  help: `Usage: aim cost --llm qwen2-7b|vicuna-7b|DIR --visual N [--text N] [--prune SCHEDULE] [--convention aim|exact] [--json]

  --llm            a model of the paper, or a checkpoint folder
  --visual N       visual tokens that enter the LLM, after merging
  --full-visual N  visual tokens without merging, for the comparison with full (default: the same)
  --text N         text tokens (default: 100 for qwen2-7b, 40 for vicuna-7b)
  --prune 14..22   pruning schedule, or steps such as 2:50% (default off)
  --convention     aim (default): as the paper counts, LLM only, layer i at the tokens kept after it;
                   exact: what is executed, layer i at the tokens that enter it, with ranking by PageRank and lm_head
  --json           { model, convention, tflops, fullTflops, ratio, ms, perLayer, tokensPerLayer }

ms is a roofline estimate for an A100 (312 TFLOP/s fp16, 1,555 GB/s) at the same token counts, not a measurement.`,

  async run(args, io) {
    const { values, positionals } = parseCommandArgs("cost", args, OPTIONS);
    if (positionals.length > 0)
      throw new AimError("invalid-argument", `unexpected argument ${JSON.stringify(positionals[0])}`, {
        hint: "aim cost --help lists the options",
      });
    const { name, model } = chosenModel(values);
    const visual = count(values, "visual");
    if (visual === undefined)
      throw new AimError("invalid-argument", "--visual is missing", {
        hint: "say how many visual tokens enter the LLM",
      });
    const prune = parsePrune(text(values, "prune") ?? "off");
    const convention = parseWord("convention", text(values, "convention") ?? "aim", ["aim", "exact"]);
    const prompt = {
      text: count(values, "text") ?? model.textTokens,
      visual,
      fullVisual: count(values, "full-visual") ?? visual,
      prune,
    };
    const result = {
      model: name,
      convention,
      ...(convention === "aim" ? countAim(model, prompt) : countExact(model, prompt)),
    };
    if (isSet(values, "json")) io.out(`${JSON.stringify(result, undefined, 2)}\n`);
    else {
      io.out(
        `${formatFlops(result.tflops)} under the convention ${convention}, ${formatMs(result.ms)} on an A100 by its roofline\n`,
      );
      io.out(
        `${formatTimes(result.ratio)} fewer than ${formatFlops(result.fullTflops)} for ${prompt.fullVisual} visual tokens without pruning\n`,
      );
    }
    return 0;
  },
};

interface CostResult {
  readonly tflops: number;
  readonly fullTflops: number;
  readonly ratio: number;
  readonly ms: number;
  readonly perLayer: readonly number[];
  readonly tokensPerLayer: readonly number[];
}

function countAim({ decoder, hasSecondResidual }: CountedModel, prompt: PlannedPrompt): CostResult {
  const kept = keptVisualPerLayer(decoder.layers, prompt.visual, prompt.prune).map((visual) => prompt.text + visual);
  const { tflops, fullTflops, ratio, ms, perLayerTflops } = aimCost(decoder, { ...prompt, hasSecondResidual });
  return { tflops, fullTflops, ratio, ms, perLayer: perLayerTflops, tokensPerLayer: kept };
}

function countExact({ decoder, hasSecondResidual }: CountedModel, prompt: PlannedPrompt): CostResult {
  const entering = tokensEntering(decoder.layers, prompt.text, prompt.visual, prompt.prune);
  const { tflops, fullTflops, ratio, perLayerTflops } = plannedPrefill(decoder, prompt);
  const seconds = aimOperators(decoder, entering, hasSecondResidual).reduce((sum, row) => sum + row.seconds, 0);
  return { tflops, fullTflops, ratio, ms: seconds * 1000, perLayer: perLayerTflops, tokensPerLayer: entering };
}

function chosenModel(values: Values): { name: string; model: CountedModel } {
  const name = text(values, "llm");
  if (name === undefined)
    throw new AimError("invalid-argument", "--llm is missing", {
      hint: "give qwen2-7b, vicuna-7b or a checkpoint folder",
    });
  const named = NAMED[name];
  if (named) return { name, model: named };
  const decoder = describeLlm(name, process.cwd());
  return { name, model: { decoder, hasSecondResidual: !decoder.hasQkvBias, textTokens: QWEN2_7B.textTokens } };
}

function count(values: Values, name: string): number | undefined {
  const value = text(values, name);
  return value === undefined ? undefined : parseNumber(value, { ...TOKENS, name });
}
