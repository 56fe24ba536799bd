import { join } from "node:path";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import type { RunRecord } from "#core/record.ts";
import { checkPrune, keptVisualPerLayer } from "#core/schedule.ts";
import { type DeviceName, type PrecisionName, type RunSettings, resolveSettings } from "#core/settings.ts";
import { type PixelConfig, parsePixelConfig } from "#media/preprocess.ts";
import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { readJsonFile, readOptionalJson } from "#model/json-file.ts";
import type { Recipe } from "#model/precision/recipe.ts";
import { generateAnswer } from "./answer.ts";
import { findDamage } from "./damage.ts";
import { resolveDevice, resolvePrecision } from "./device.ts";
import { type EncodedMedium, MediaEncoder } from "./encoder.ts";
import type { RunContext, RunEvents } from "./events.ts";
import { FeatureCache } from "./feature-cache.ts";
import { Generation } from "./llm.ts";
import { mergeGroups } from "./merger.ts";
import { ModelSessions } from "./model-sessions.ts";
import { cacheFolder } from "./paths.ts";
import { PromptWriter } from "./prompt.ts";
import type { Query } from "./query.ts";
import { recordOfRun } from "./run-record.ts";
import { buildSequence, type MergedMedium, type Sequence } from "./sequence.ts";
import type { Device } from "./session.ts";
import { Stopwatch } from "./stopwatch.ts";
import { Tokenizer } from "./tokenizer.ts";

export interface EngineOptions {
  readonly device?: DeviceName;
  readonly precision?: PrecisionName;
  /** Whether encoded frames are kept on disk for later processes. Default true. */
  readonly hasDiskCache?: boolean;
}

/** Checkpoints up to this size are searched for damaged weights whenever they are opened. */
const SCAN_LIMIT_BYTES = 256 * 2 ** 20;
/** Tokens of the context that a long question leaves to the answer. */
const ANSWER_RESERVE = 16;

/** One open model, ready for questions, one at a time. */
export class Engine {
  readonly checkpoint: Checkpoint;
  readonly device: Device;
  readonly precision: Recipe["name"];
  readonly #sessions: ModelSessions;
  readonly #tokenizer: Tokenizer;
  readonly #prompts: PromptWriter;
  readonly #pixels: { pictures: PixelConfig; videos: PixelConfig };
  readonly #features: FeatureCache;
  readonly #newline: Float32Array;

  private constructor(checkpoint: Checkpoint, options: EngineOptions) {
    const { dir, weights, config } = checkpoint;
    this.checkpoint = checkpoint;
    this.device = resolveDevice(options.device ?? "auto");
    this.precision = resolvePrecision(options.precision ?? "auto", weights.parameterCount());
    this.#tokenizer = Tokenizer.open(dir);
    this.#prompts = PromptWriter.open(dir, this.#tokenizer);
    const pictures = parsePixelConfig(readJsonFile(dir, "preprocessor_config.json"));
    const videoFile = readOptionalJson(dir, "video_preprocessor_config.json");
    this.#pixels = { pictures, videos: videoFile === undefined ? pictures : parsePixelConfig(videoFile) };
    this.#features = new FeatureCache(options.hasDiskCache === false ? undefined : join(cacheFolder(), "features"));
    this.#newline = weights.readFloat32(config.names.newline);
    this.#sessions = new ModelSessions(checkpoint, this.precision, this.device);
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

  async close(): Promise<void> {
    await this.#sessions.close();
    this.checkpoint.weights.close();
  }

  /** The settings of a query: what it says over the model's preset. Throws `invalid-argument` if they do not fit the model. */
  settingsOf(query: Query): RunSettings {
    const { preset, config } = this.checkpoint;
    const settings = resolveSettings(preset, query.settings);
    checkPrune(config.decoder.layers, settings.prune);
    return settings;
  }

  /** Answers one question. A cancellation before the first token throws `cancelled`; after it, the answer so far is returned. */
  async ask(query: Query, events: RunEvents = {}, signal?: AbortSignal): Promise<RunRecord> {
    const { checkpoint, device, precision } = this;
    const { decoder } = checkpoint.config;
    const startedAt = new Date().toISOString();
    const settings = this.settingsOf(query);
    const context: RunContext = { events, signal };
    const watch = new Stopwatch();
    const notices: string[] = [];

    const encoder = this.#encoder(watch, context);
    const encoded = await this.#encode(query, encoder);
    const merged = await watch.time("merge", () => this.#merge(encoded, settings));
    const sequence = this.#sequence(query, merged, settings, notices);
    const keep = this.#keep(sequence, settings);

    throwIfCancelled(signal);
    const session = await this.#sessions.decoder(context);
    throwIfCancelled(signal);
    events.onProgress?.("prefill", 0, sequence.isText.length);
    const generation = new Generation(session, decoder);
    const prefill = await watch.time("prefill", () => generation.prefill({ ...sequence, keep }));
    let firstTokenMs = 0;
    const answer = await generateAnswer(
      {
        generation,
        firstLogits: prefill.logits,
        settings,
        maxTokens: Math.min(settings.maxTokens, decoder.maxPositions - sequence.isText.length),
        stopTokens: checkpoint.stopTokens,
        tokenizer: this.#tokenizer,
        embed: (id) => this.#embed([id]),
        onFirstToken: () => {
          firstTokenMs = watch.totalMs;
        },
      },
      context,
    );
    const timeMs = { ...watch.stages(), firstToken: firstTokenMs, decode: watch.totalMs - firstTokenMs, total: watch.totalMs };
    return recordOfRun({ checkpoint, query, settings, device, precision, startedAt, notices, encoder, encoded, merged, sequence, prefill, answer, timeMs });
  }

  #encoder(watch: Stopwatch, context: RunContext): MediaEncoder {
    const { family, config, weights } = this.checkpoint;
    const identity = `${weights.identity()} ${this.precision} ${this.device}`;
    const model = { family, config, ...this.#pixels, identity };
    return new MediaEncoder({ session: () => this.#sessions.vision(context), model, cache: this.#features, watch, context });
  }

  async #encode({ media }: Query, encoder: MediaEncoder): Promise<EncodedMedium[]> {
    const pictures = media.filter(({ kind }) => kind === "image").length;
    const encoded: EncodedMedium[] = [];
    for (const reference of media) {
      encoded.push(await encoder.encode(reference, { isOnly: pictures === 1, frames: this.checkpoint.preset.frames }));
    }
    return encoded;
  }

  async #merge(encoded: readonly EncodedMedium[], { merge }: RunSettings): Promise<MergedMedium[]> {
    const { hidden } = this.checkpoint.config.decoder;
    const media: MergedMedium[] = [];
    for (const { kind, layout } of encoded) {
      const groups = await mergeGroups(() => this.#sessions.merge(), layout.groups, merge, hidden);
      media.push({ kind, groups, endsWithNewline: layout.endsWithNewline });
    }
    return media;
  }

  #sequence({ question, media }: Query, merged: readonly MergedMedium[], settings: RunSettings, notices: string[]): Sequence {
    const { decoder, placeholders } = this.checkpoint.config;
    const visual = visualTokens(merged);
    const room = decoder.maxPositions - visual + media.length - Math.min(ANSWER_RESERVE, settings.maxTokens);
    if (room <= 0) {
      throw new AimError("out-of-context", `the media come to ${visual} tokens, the model has room for ${decoder.maxPositions}`, {
        hint: "take fewer frames or pictures, or merge more (--frames 8, --merge 25%)",
      });
    }
    const kinds = media.map(({ kind }) => kind);
    const prompt = this.#prompts.write(question, kinds, room);
    if (prompt.cutTokens > 0) notices.push(`the question was too long: its last ${prompt.cutTokens} tokens were left out`);
    return buildSequence({
      ids: prompt.ids,
      placeholders,
      media: merged,
      isSpatial: settings.merge.order === "spatial",
      hidden: decoder.hidden,
      embed: (ids) => this.#embed(ids),
      newline: this.#newline,
    });
  }

  /** [layers] Tokens to keep after each layer. After the last layer nothing follows, so nothing is removed there. */
  #keep({ isText, visual }: Sequence, { prune }: RunSettings): number[] {
    const { layers } = this.checkpoint.config.decoder;
    const text = isText.length - visual;
    return keptVisualPerLayer(layers, visual, prune).map((kept, layer) => (layer === layers - 1 ? isText.length : text + kept));
  }

  #embed(ids: readonly number[]): Float32Array {
    return this.checkpoint.weights.readRows(`${this.checkpoint.config.names.decoder}embed_tokens.weight`, ids);
  }
}

function visualTokens(media: readonly MergedMedium[]): number {
  const newlines = media.reduce((sum, { groups, endsWithNewline }) => {
    const inRows = groups.reduce((rows, { group }) => rows + (group.hasRowNewlines ? group.rows : 0), 0);
    return sum + inRows + (endsWithNewline ? 1 : 0);
  }, 0);
  return media.flatMap(({ groups }) => groups).reduce((sum, { positions }) => sum + positions.length, newlines);
}
