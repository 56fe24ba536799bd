import { AimError, throwIfCancelled } from "#core/errors.ts";
import { methodOf } from "#core/methods.ts";
import { seededRandom } from "#core/random.ts";
import type { StageTimes } from "#core/record.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";
import type { RunSettings } from "#core/settings.ts";
import { embeddingTable } from "#model/checkpoint.ts";
import { type Answer, generateAnswer } from "./answer.ts";
import { type EncodedMedium, MediaEncoder } from "./encoder.ts";
import { Generation, type PrefillResult } from "./llm.ts";
import { mergeGroups } from "./merger.ts";
import type { OpenModel } from "./open-model.ts";
import type { Prompt } from "./prompt.ts";
import type { Query } from "./query.ts";
import type { RunContext } from "./run-context.ts";
import { buildSequence, countVisualTokens, type MergedMedium, type Sequence } from "./sequence.ts";
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
  readonly #settings: RunSettings;
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
    const { checkpoint, device, precision, sessions } = this.#model;
    const startedAt = new Date().toISOString();
    await this.#watch.time("load", async () => sessions.compile());
    const encoder = this.#encoder();
    const encoded = await this.#encode(encoder);
    const merged = await this.#merge(encoded);
    const prompt = this.#prompt(merged);
    const sequence = this.#sequence(prompt, merged);
    const generation = await this.#generation();
    const prefill = await this.#prefill(generation, sequence);
    const { answer, firstTokenMs } = await this.#answer(generation, sequence, prefill);
    return {
      ...{ checkpoint, device, precision, startedAt },
      ...{ query: this.#query, settings: this.#settings, notices: this.#notices },
      ...{ encoder, encoded, merged, prompt, sequence, prefill, answer },
      attended: generation.attended(),
      timeMs: this.#times(firstTokenMs),
    };
  }

  #encoder(): MediaEncoder {
    const { checkpoint, pixels, precision, device, sessions, features, recent } = this.#model;
    const identity = `${FEATURES_VERSION} ${checkpoint.identity} ${precision.vision} ${device}`;
    return new MediaEncoder({
      session: () => sessions.vision(this.#context),
      model: { model: checkpoint.model, ...pixels, identity },
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

  async #merge(encoded: readonly EncodedMedium[]): Promise<MergedMedium[]> {
    const { method, merge: settings, seed } = this.#settings;
    const { sessions } = this.#model;
    const loadSession = () => sessions.merge();
    if (encoded.length > 0 && settings.retention < 1) await this.#watch.time("load", loadSession);
    const context = { merger: methodOf(method).merger, settings, random: seededRandom(seed), loadSession };
    return await this.#watch.time("merge", async () => {
      const media: MergedMedium[] = [];
      for (const { kind, layout } of encoded) {
        media.push({ kind, groups: await mergeGroups(layout.groups, context), end: layout.end });
      }
      return media;
    });
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

  async #generation(): Promise<Generation> {
    const { signal } = this.#context;
    const { sessions, checkpoint } = this.#model;
    const { ranking } = methodOf(this.#settings.method);
    throwIfCancelled(signal);
    const session = await this.#watch.time("load", () => sessions.decoder(ranking, this.#context));
    throwIfCancelled(signal);
    return new Generation(session, checkpoint.model.decoder);
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
