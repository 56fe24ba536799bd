import { type AimCostInput, aimCost } from "#core/cost/aim.ts";
import type { ExactCostInput } from "#core/cost/exact-input.ts";
import { exactOperators } from "#core/cost/exact-operators.ts";
import { type Cut, plannedInput } from "#core/cost/planner.ts";
import { type DecodedMedia, mergeGraphRuns, type RunWork, workOf } from "#core/cost/predicted-work.ts";
import type { AimCost } from "#core/cost/report.ts";
import { methodOf } from "#core/methods.ts";
import type { RunSettings } from "#core/settings.ts";
import type { FamilyModel } from "#model/family.ts";
import type { EncodedMedium } from "../encoder.ts";

/** What is known of a question once its media are encoded. */
export interface EncodedQuestion {
  readonly model: FamilyModel;
  readonly encoded: readonly EncodedMedium[];
  /** Frames and crops that went through the vision tower. */
  readonly encodedFrames: number;
  readonly decoded: DecodedMedia;
  readonly settings: RunSettings;
  /** Text tokens of the prompt with its whole question. */
  readonly text: number;
  /** Tokens of the context that are left to the answer. */
  readonly reserve: number;
}

/** What a question would come to under other cuts than its settings say. */
export class QuestionPlan {
  readonly #question: EncodedQuestion;
  /** Without cuts. */
  readonly #full: ExactCostInput;
  readonly #groups: readonly number[];
  readonly #newlines: number;

  constructor(question: EncodedQuestion) {
    this.#question = question;
    const { model, encoded, settings, text } = question;
    const { decoder, vision } = model;
    const groups = encoded.flatMap(({ layout }) => layout.groups);
    this.#groups = groups.map(({ rows, columns }) => rows * columns);
    const rowEnds = groups.map(({ rowEnd, rows }) => (rowEnd ? rows : 0));
    this.#newlines = sum(rowEnds) + encoded.filter(({ layout }) => layout.end).length;
    const fullVisual = sum(this.#groups) + this.#newlines;
    const perLayer = Array.from({ length: decoder.layers }, () => text + fullVisual);
    this.#full = {
      ...{ decoder, vision, text, fullVisual, perLayer, kvPerLayer: perLayer },
      encodedFrames: question.encodedFrames,
      pooledTokens: model.tokensPerFrame,
      towerRetention: settings.vision.retention,
      mergeFlops: 0,
      ranking: methodOf(settings.method).ranking,
      importanceLayers: [],
      decodeSteps: 1,
    };
  }

  /** The cost of the LLM's prefill under method `aim` with `cut`, as the record will tell it; undefined if the prompt does not fit the context. */
  aimCost(cut: Cut): AimCost | undefined {
    const { decoder } = this.#question.model;
    const { text, perLayer, fullVisual } = this.#input(cut);
    const visual = (perLayer[0] ?? text) - text;
    const prompt: AimCostInput = { text, visual, fullVisual, prune: cut.prune, hasSecondResidual: !decoder.hasQkvBias };
    return text > 0 ? aimCost(decoder, prompt) : undefined;
  }

  /** What a run has to do with the method of the settings and `cut`, and one token decoded. */
  work(cut: Cut): RunWork {
    const { decoded, settings } = this.#question;
    const { merger, ranking } = methodOf(settings.method);
    const planned = this.#input(cut);
    const importanceLayers = ranking === "none" ? [] : planned.importanceLayers;
    const isSimilar = merger === "similar";
    const mergeFlops = isSimilar ? planned.mergeFlops : 0;
    const mergeRuns = isSimilar ? mergeGraphRuns(this.#groups, cut.retention) : 0;
    const operators = exactOperators({ ...planned, ranking, importanceLayers, mergeFlops });
    return workOf(operators, { media: decoded, mergeRuns, decodeSteps: 1 });
  }

  /** Under `cut`; a question that is too long for what it leaves of the context loses its end. */
  #input(cut: Cut): ExactCostInput {
    const { model, reserve } = this.#question;
    const plan = (text: number) =>
      plannedInput({ input: { ...this.#full, text }, groups: this.#groups, newlines: this.#newlines }, cut);
    const planned = plan(this.#full.text);
    const room = model.decoder.maxPositions - reserve - ((planned.perLayer[0] ?? 0) - planned.text);
    return room >= planned.text ? planned : plan(Math.max(0, room));
  }
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
