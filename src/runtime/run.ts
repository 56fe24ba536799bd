import { AimError, throwIfCancelled } from "#core/errors.ts";
import { methodOf } from "#core/methods.ts";
import type { StageTimes } from "#core/record.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";
import type { RunSettings } from "#core/settings.ts";
import { towerMerges } from "#core/tower-schedule.ts";
import { embeddingTable } from "#model/checkpoint.ts";
import { type Answer, generateAnswer } from "./answer.ts";
import { type Forecast, forecast } from "./budget/forecast.ts";
import { type EncodedMedium, MediaEncoder } from "./encoder.ts";
import { Generation, type PrefillResult } from "./llm.ts";
import { mergeMedia } from "./merge-media.ts";
import type { OpenModel } from "./open-model.ts";
import type { Prompt } from "./prompt.ts";
import type { Query } from "./query.ts";
import type { RunContext } from "./run-context.ts";
import { buildSequence, countVisualTokens, type MergedMedium, type Sequence } from "./sequence.ts";
import type { GraphSession } from "./session.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { AttendedRun } from "./trace-of-run.ts";

/** Changes when the same pixels give other features than older versions gave. */
const FEATURES_VERSION = 1;
/** Tokens of the context that a long question leaves to the answer. */
const ANSWER_RESERVE = 16;

/** One question to an open model, from its media to its answer. */
export class Run {
  readonly #model: OpenModel;
  readonly #query: Query;
  #settings: RunSettings;
  readonly #context: RunContext;
  readonly #watch = new Stopwatch();
  readonly #notices: string[] = [];

  constructor(model: OpenModel, asked: { readonly query: Query; readonly settings: RunSettings }, context: RunContext) {
    this.#model = model;
    this.#query = asked.query;
    this.#settings = asked.settings;
    this.#context = context;
  }

  /** Once. A cancellation before the first token throws `cancelled`; after it, the answer so far is returned. */
  async execute(): Promise<AttendedRun> {
    const { checkpoint, device, precision, sessions, keepsTraces } = this.#model;
    const startedAt = new Date().toISOString();
    await this.#watch.time("load", async () => sessions.compile());
    const encoder = this.#encoder();
    const encoded = await this.#encode(encoder);
    const { budget, predictedMs } = await this.#forecast(encoder, encoded);
    const merged = await this.#merge(encoded);
    const prompt = this.#prompt(merged);
    const sequence = this.#sequence(prompt, merged);
    const generation = await this.#generation();
    try {
      const prefill = await this.#prefill(generation, sequence);
      const { answer, firstTokenMs } = await this.#answer(generation, sequence, prefill);
      const timeMs = this.#times(firstTokenMs);
      return {
        ...{ checkpoint, device, precision, startedAt },
        ...{ query: this.#query, settings: this.#settings, notices: [...this.#notices, ...this.#model.notices] },
        ...{ encoder, encoded, merged, prompt, sequence, prefill, answer },
        ...{ budget, predictedMs, timeMs },
        attended: keepsTraces ? await generation.attended() : undefined,
      };
    } finally {
      generation.release();
    }
  }

  #encoder(): MediaEncoder {
    const { checkpoint, pixels, precision, device, sessions, features, recent } = this.#model;
    const { vision } = this.#settings;
    const merges = towerMerges(checkpoint.model.vision, vision.retention);
    const merging = vision.retention < 1 ? ` merged ${merges.join()}` : "";
    const identity = `${FEATURES_VERSION} ${checkpoint.identity} ${precision.vision} ${device}${merging}`;
    return new MediaEncoder({
      session: () => sessions.vision(this.#context),
      model: checkpoint.model,
      pixels,
      settings: vision,
      identity,
      merges,
      cache: features,
      recent,
      watch: this.#watch,
      context: this.#context,
    });
  }

  async #encode(encoder: MediaEncoder): Promise<EncodedMedium[]> {
    const { media } = this.#query;
    const { frames } = this.#settings;
    const pictures = media.filter(({ kind }) => kind === "image").length;
    const encoded: EncodedMedium[] = [];
    for (const reference of media) encoded.push(await encoder.encode(reference, { pictures, frames }));
    return encoded;
  }

  /** What the budget makes of the settings, and what the run is expected to take. */
  async #forecast(encoder: MediaEncoder, encoded: readonly EncodedMedium[]): Promise<Forecast> {
    const found = await forecast({
      ...{ model: this.#model, query: this.#query, settings: this.#settings, encoder, encoded },
      ...{ watch: this.#watch, context: this.#context, decoder: () => this.#decoder() },
      reserve: Math.min(ANSWER_RESERVE, this.#settings.maxTokens),
    });
    this.#settings = found.settings;
    this.#notices.push(...found.notices);
    return found;
  }

  #merge(encoded: readonly EncodedMedium[]): Promise<MergedMedium[]> {
    const { sessions } = this.#model;
    return mergeMedia(encoded, { sessions, settings: this.#settings, watch: this.#watch, context: this.#context });
  }

  #prompt(merged: readonly MergedMedium[]): Prompt {
    const { question, media } = this.#query;
    const { maxPositions } = this.#model.checkpoint.model.decoder;
    const visual = countVisualTokens(merged);
    const room = maxPositions - visual + media.length - Math.min(ANSWER_RESERVE, this.#settings.maxTokens);
    if (room <= 0) {
      throw new AimError(
        "out-of-context",
        `the media come to ${visual} tokens, the model has room for ${maxPositions}`,
        {
          hint: "take fewer frames or pictures, or merge more (--frames 8, --merge 25%)",
        },
      );
    }
    const kinds = media.map(({ kind }) => kind);
    const prompt = this.#model.prompts.write(question, kinds, room);
    if (prompt.cutTokens > 0)
      this.#notices.push(`the question was too long: its last ${prompt.cutTokens} tokens were left out`);
    return prompt;
  }

  #sequence({ ids }: Prompt, media: readonly MergedMedium[]): Sequence {
    const { decoder, placeholders } = this.#model.checkpoint.model;
    const isSpatial = this.#settings.merge.order === "spatial";
    const embed = (id: number) => this.#embed(id);
    return buildSequence({ ids, placeholders, media, isSpatial, hidden: decoder.hidden, embed });
  }

  async #decoder(): Promise<GraphSession> {
    const { signal } = this.#context;
    const { ranking } = methodOf(this.#settings.method);
    throwIfCancelled(signal);
    const session = await this.#watch.time("load", () => this.#model.sessions.decoder(ranking, this.#context));
    throwIfCancelled(signal);
    return session;
  }

  async #generation(): Promise<Generation> {
    const { checkpoint, keepsTraces } = this.#model;
    return new Generation(await this.#decoder(), checkpoint.model.decoder, { keepsQueries: keepsTraces });
  }

  #prefill(generation: Generation, sequence: Sequence): Promise<PrefillResult> {
    const { layers } = this.#model.checkpoint.model.decoder;
    const keepVisual = keptVisualPerLayer(layers, sequence.visual, this.#settings.prune);
    this.#context.events.onProgress?.("prefill", 0, sequence.isText.length);
    return this.#watch.time("prefill", () => generation.prefill({ ...sequence, keepVisual }));
  }

  async #answer(
    generation: Generation,
    { isText }: Sequence,
    { logits }: PrefillResult,
  ): Promise<{ readonly answer: Answer; readonly firstTokenMs: number }> {
    const { checkpoint, tokenizer } = this.#model;
    const { maxPositions } = checkpoint.model.decoder;
    let firstTokenMs = 0;
    const answer = await generateAnswer(
      {
        generation,
        firstLogits: logits,
        settings: this.#settings,
        maxTokens: Math.min(this.#settings.maxTokens, maxPositions - isText.length),
        stopTokens: checkpoint.stopTokens,
        tokenizer,
        embed: (id) => this.#embed(id),
        onFirstToken: () => {
          firstTokenMs = this.#watch.totalMs;
        },
      },
      this.#context,
    );
    return { answer, firstTokenMs };
  }

  #times(firstToken: number): StageTimes {
    const total = this.#watch.totalMs;
    return { ...this.#watch.stages(), firstToken, decode: total - firstToken, total };
  }

  #embed(id: number): Float32Array {
    const { weights, model } = this.#model.checkpoint;
    return weights.readRows(embeddingTable(model), [id]);
  }
}
