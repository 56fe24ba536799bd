import { AimError, throwIfCancelled } from "#core/errors.ts";
import { methodOf } from "#core/methods.ts";
import type { RunEvents } from "#core/progress.ts";
import { checkPrune } from "#core/prune-settings.ts";
import { seededRandom } from "#core/random.ts";
import type { RunRecord } from "#core/record.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";
import { type DeviceName, type PrecisionName, type RunSettings, resolveSettings } from "#core/settings.ts";
import { type Checkpoint, embeddingTable, openCheckpoint } from "#model/checkpoint.ts";
import type { Recipe } from "#model/precision/recipe.ts";
import { generateAnswer } from "./answer.ts";
import { findDamage } from "./damage.ts";
import { resolveDevice, resolvePrecision } from "./device.ts";
import { type EncodedMedium, MediaEncoder } from "./encoder.ts";
import { FeatureCache } from "./feature-cache.ts";
import { Generation } from "./llm.ts";
import { mergeGroups } from "./merger.ts";
import { ModelSessions } from "./model-sessions.ts";
import { featuresFolder } from "./paths.ts";
import { type PixelConfigs, readPixelConfigs } from "./pixels.ts";
import { type Prompt, PromptWriter } from "./prompt.ts";
import type { Query } from "./query.ts";
import { RecentMedia } from "./recent-media.ts";
import type { RunContext } from "./run-context.ts";
import { recordOfRun } from "./run-record.ts";
import type { RunTrace } from "./run-trace.ts";
import { buildSequence, countVisualTokens, type MergedMedium, type Sequence } from "./sequence.ts";
import type { Device } from "./session.ts";
import { Stopwatch } from "./stopwatch.ts";
import { Tokenizer } from "./tokenizer.ts";
import { traceOfRun } from "./trace-of-run.ts";
import { TraceStore } from "./trace-store.ts";

export interface EngineOptions {
  readonly device?: DeviceName;
  readonly precision?: PrecisionName;
  /** Whether encoded frames are kept on disk for later processes. Default true. */
  readonly hasDiskCache?: boolean;
  /** Whether the attention of the last runs can be read; it takes memory. Default false. */
  readonly keepsTraces?: boolean;
}

/** Checkpoints up to this size are searched for damaged weights whenever they are opened. */
const SCAN_LIMIT_BYTES = 256 * 2 ** 20;
/** Changes when the same pixels give other features than older versions gave. */
const FEATURES_VERSION = 1;
/** Tokens of the context that a long question leaves to the answer. */
const ANSWER_RESERVE = 16;

/** One open model, ready for questions; they are answered one after the other. */
export class Engine {
  readonly checkpoint: Checkpoint;
  readonly device: Device;
  readonly precision: Recipe["name"];
  readonly #sessions: ModelSessions;
  readonly #tokenizer: Tokenizer;
  readonly #prompts: PromptWriter;
  readonly #pixels: PixelConfigs;
  readonly #features: FeatureCache;
  readonly #recent = new RecentMedia<EncodedMedium>();
  readonly #traces = new TraceStore();
  readonly #keepsTraces: boolean;
  /** Ends when the last question that was asked has been answered. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(checkpoint: Checkpoint, options: EngineOptions) {
    const { dir, weights, model } = checkpoint;
    this.checkpoint = checkpoint;
    this.device = resolveDevice(options.device ?? "auto");
    this.precision = resolvePrecision(options.precision ?? "auto", weights.parameterCount());
    this.#tokenizer = Tokenizer.open(dir);
    this.#prompts = PromptWriter.open(dir, this.#tokenizer);
    this.#pixels = readPixelConfigs(dir, model.vision.imageSizePx);
    this.#features = new FeatureCache(options.hasDiskCache === false ? undefined : featuresFolder());
    this.#sessions = new ModelSessions(checkpoint, this.precision, this.device);
    this.#keepsTraces = options.keepsTraces ?? false;
  }

  /** Opens a checkpoint folder; graphs are loaded when they are first needed. Throws what openCheckpoint throws, or `device`. */
  static async open(dir: string, options: EngineOptions = {}): Promise<Engine> {
    const checkpoint = openCheckpoint(dir);
    try {
      const damage = checkpoint.weights.sizeBytes <= SCAN_LIMIT_BYTES ? await findDamage(checkpoint) : undefined;
      if (damage) throw damage;
      return new Engine(checkpoint, options);
    } catch (error) {
      checkpoint.weights.close();
      throw error;
    }
  }

  /** Closes the model after the questions that were asked before. */
  async close(): Promise<void> {
    await this.#turn;
    this.#traces.forget();
    await this.#sessions.close();
    this.checkpoint.weights.close();
  }

  /** The settings of a query: what it says over the model's preset. Throws `invalid-argument` if they do not fit the model. */
  settingsOf(query: Query): RunSettings {
    const { preset, model } = this.checkpoint;
    const settings = resolveSettings(preset, query.settings);
    checkPrune(model.decoder.layers, settings.prune);
    return settings;
  }

  /** Answers one question. A cancellation before the first token throws `cancelled`; after it, the answer so far is returned. */
  ask(query: Query, events: RunEvents = {}, signal?: AbortSignal): Promise<RunRecord> {
    const run = this.#turn.then(() => this.#run(query, { events, signal }));
    this.#turn = run.catch(() => undefined);
    return run;
  }

  /** What the attention of a run is computed from. Throws `not-found` if it is not held. */
  trace(run: string): RunTrace {
    return this.#traces.get(run);
  }

  /** Forgets the encoded frames that are held in memory, and all traces. */
  forget(): void {
    this.#features.forget();
    this.#recent.forget();
    this.#traces.forget();
  }

  async #run(query: Query, context: RunContext): Promise<RunRecord> {
    throwIfCancelled(context.signal);
    const { events, signal } = context;
    const { checkpoint, device, precision } = this;
    const { decoder } = checkpoint.model;
    const startedAt = new Date().toISOString();
    const settings = this.settingsOf(query);
    const watch = new Stopwatch();
    const notices: string[] = [];

    await watch.time("load", async () => this.#sessions.compile());
    const encoder = this.#encoder(watch, context);
    const encoded = await this.#encode(query, settings, encoder);
    if (encoded.length > 0 && settings.merge.retention < 1) await watch.time("load", () => this.#sessions.merge());
    const merged = await watch.time("merge", () => this.#merge(encoded, settings));
    const prompt = this.#prompt(query, merged, settings, notices);
    const sequence = this.#sequence(prompt, merged, settings);
    const keepVisual = keptVisualPerLayer(decoder.layers, sequence.visual, settings.prune);

    throwIfCancelled(signal);
    const { ranking } = methodOf(settings.method);
    const session = await watch.time("load", () => this.#sessions.decoder(ranking, context));
    throwIfCancelled(signal);
    events.onProgress?.("prefill", 0, sequence.isText.length);
    const generation = new Generation(session, decoder);
    const prefill = await watch.time("prefill", () => generation.prefill({ ...sequence, keepVisual }));
    let firstTokenMs = 0;
    const answer = await generateAnswer(
      {
        generation,
        firstLogits: prefill.logits,
        settings,
        maxTokens: Math.min(settings.maxTokens, decoder.maxPositions - sequence.isText.length),
        stopTokens: checkpoint.stopTokens,
        tokenizer: this.#tokenizer,
        embed: (id) => this.#embed(id),
        onFirstToken: () => {
          firstTokenMs = watch.totalMs;
        },
      },
      context,
    );
    const timeMs = {
      ...watch.stages(),
      firstToken: firstTokenMs,
      decode: watch.totalMs - firstTokenMs,
      total: watch.totalMs,
    };
    const run = {
      checkpoint,
      query,
      settings,
      device,
      precision,
      startedAt,
      notices,
      encoder,
      encoded,
      merged,
      sequence,
      prefill,
      answer,
      timeMs,
    };
    const record = recordOfRun(run);
    if (this.#keepsTraces) {
      this.#traces.add(traceOfRun(record.id, { ...run, prompt, attended: generation.attended() }, this.#tokenizer));
    }
    return record;
  }

  #encoder(watch: Stopwatch, context: RunContext): MediaEncoder {
    const { model, identity } = this.checkpoint;
    const encoded = {
      model,
      ...this.#pixels,
      identity: `${FEATURES_VERSION} ${identity} ${this.precision} ${this.device}`,
    };
    return new MediaEncoder({
      session: () => this.#sessions.vision(context),
      model: encoded,
      cache: this.#features,
      recent: this.#recent,
      watch,
      context,
    });
  }

  async #encode({ media }: Query, { frames }: RunSettings, encoder: MediaEncoder): Promise<EncodedMedium[]> {
    const pictures = media.filter(({ kind }) => kind === "image").length;
    const encoded: EncodedMedium[] = [];
    for (const reference of media) {
      encoded.push(await encoder.encode(reference, { pictures, frames }));
    }
    return encoded;
  }

  async #merge(encoded: readonly EncodedMedium[], settings: RunSettings): Promise<MergedMedium[]> {
    const { merger } = methodOf(settings.method);
    const random = seededRandom(settings.seed);
    const context = { merger, settings: settings.merge, random, loadSession: () => this.#sessions.merge() };
    const media: MergedMedium[] = [];
    for (const { kind, layout } of encoded) {
      const groups = await mergeGroups(layout.groups, context);
      media.push({ kind, groups, end: layout.end });
    }
    return media;
  }

  #prompt(
    { question, media }: Query,
    merged: readonly MergedMedium[],
    settings: RunSettings,
    notices: string[],
  ): Prompt {
    const { decoder } = this.checkpoint.model;
    const visual = countVisualTokens(merged);
    const room = decoder.maxPositions - visual + media.length - Math.min(ANSWER_RESERVE, settings.maxTokens);
    if (room <= 0) {
      throw new AimError(
        "out-of-context",
        `the media come to ${visual} tokens, the model has room for ${decoder.maxPositions}`,
        {
          hint: "take fewer frames or pictures, or merge more (--frames 8, --merge 25%)",
        },
      );
    }
    const kinds = media.map(({ kind }) => kind);
    const prompt = this.#prompts.write(question, kinds, room);
    if (prompt.cutTokens > 0)
      notices.push(`the question was too long: its last ${prompt.cutTokens} tokens were left out`);
    return prompt;
  }

  #sequence(prompt: Prompt, merged: readonly MergedMedium[], settings: RunSettings): Sequence {
    const { decoder, placeholders } = this.checkpoint.model;
    return buildSequence({
      ids: prompt.ids,
      placeholders,
      media: merged,
      isSpatial: settings.merge.order === "spatial",
      hidden: decoder.hidden,
      embed: (id) => this.#embed(id),
    });
  }

  #embed(id: number): Float32Array {
    const { weights, model } = this.checkpoint;
    return weights.readRows(embeddingTable(model), [id]);
  }
}
