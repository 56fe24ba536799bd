import { samplesOfRun } from "#core/cost/predicted-samples.ts";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import type { PartPrecisions, PrecisionName } from "#core/precision.ts";
import type { RunEvents } from "#core/progress.ts";
import { checkPrune } from "#core/prune-settings.ts";
import type { RunRecord } from "#core/record.ts";
import { type DeviceName, type RunSettings, resolveSettings } from "#core/settings.ts";
import { calibrationFolder, featuresFolder } from "#library/paths.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import type { FamilyModel } from "#model/family.ts";
import { Calibration } from "./budget/calibration.ts";
import { calibrationKey } from "./budget/calibration-file.ts";
import { findDamage } from "./damage.ts";
import { type ResolvedDevice, resolveDevice } from "./device/device.ts";
import { modelPrecision } from "./device/model-precision.ts";
import { FeatureCache } from "./feature-cache.ts";
import { ModelSessions } from "./model-sessions.ts";
import { openModel } from "./models.ts";
import type { OpenModel } from "./open-model.ts";
import { readPixelConfigs } from "./pixels.ts";
import { PromptWriter } from "./prompt.ts";
import type { Query } from "./query.ts";
import { RecentMedia } from "./recent-media.ts";
import { Run } from "./run.ts";
import type { RunContext } from "./run-context.ts";
import { recordOfRun } from "./run-record.ts";
import type { RunTrace } from "./run-trace.ts";
import type { Device } from "./session.ts";
import { Tokenizer } from "./tokenizer.ts";
import { traceOfRun } from "./trace-of-run.ts";
import { TraceStore } from "./trace-store.ts";

export interface EngineOptions {
  readonly device?: DeviceName;
  readonly precision?: PrecisionName;
  /** Of the vision tower, where it is to be another one; `auto`, the default, leaves it to `precision`. */
  readonly visionPrecision?: PrecisionName;
  /** Whether encoded frames, and how fast this machine is, are kept on disk for later processes. Default true. */
  readonly hasDiskCache?: boolean;
  /** Whether the attention of the last runs can be read; it takes memory. Default false. */
  readonly keepsTraces?: boolean;
}

/** Throws `unsupported` for settings that the model's vision tower cannot follow. */
function checkTower({ mergesInTower }: FamilyModel, { vision }: RunSettings): void {
  if (vision.retention === 1 || mergesInTower) return;
  throw new AimError("unsupported", "the vision tower of this model cannot merge tokens", {
    hint: "leave out merge= of %vision (--vision-merge), or say off",
  });
}

/** Checkpoints up to this size are searched for damaged weights whenever they are opened. */
const SCAN_LIMIT_BYTES = 256 * 2 ** 20;

/** One open model, ready for questions; they are answered one after the other. */
export class Engine {
  readonly #model: OpenModel;
  readonly #traces = new TraceStore();
  /** Ends when the last question that was asked has been answered. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    checkpoint: Checkpoint,
    options: EngineOptions,
    { precision, ...resolved }: ResolvedDevice & { readonly precision: PartPrecisions },
  ) {
    const { dir, model } = checkpoint;
    const { device, attention, notices } = resolved;
    const tokenizer = Tokenizer.open(dir);
    this.#model = {
      checkpoint,
      device,
      precision,
      sessions: new ModelSessions(checkpoint, precision, device, attention),
      notices,
      keepsTraces: options.keepsTraces ?? false,
      tokenizer,
      prompts: PromptWriter.open(dir, tokenizer),
      pixels: readPixelConfigs(dir, model.vision.imageSizePx),
      features: new FeatureCache(options.hasDiskCache === false ? undefined : featuresFolder()),
      calibration: new Calibration(
        options.hasDiskCache === false ? undefined : calibrationFolder(),
        calibrationKey({ identity: checkpoint.identity, precision, device }),
      ),
      recent: new RecentMedia(),
    };
  }

  /** Opens a checkpoint folder; graphs are loaded when they are first needed. Throws what openCheckpoint throws, or `device`. */
  static async open(dir: string, options: EngineOptions = {}): Promise<Engine> {
    const checkpoint = openModel(dir);
    try {
      const damage = checkpoint.weights.sizeBytes <= SCAN_LIMIT_BYTES ? await findDamage(checkpoint) : undefined;
      if (damage) throw damage;
      const { parameters, imported } = checkpoint;
      const { precision = "auto", visionPrecision = "auto" } = options;
      const precisions = [precision, visionPrecision, ...(imported ? Object.values(imported.precision) : [])];
      const resolved = await resolveDevice(options.device ?? "auto", { parameters, precisions });
      return new Engine(checkpoint, options, {
        ...resolved,
        precision: await modelPrecision(checkpoint, options, resolved.device),
      });
    } catch (error) {
      checkpoint.weights.close();
      throw error;
    }
  }

  get checkpoint(): Checkpoint {
    return this.#model.checkpoint;
  }

  get device(): Device {
    return this.#model.device;
  }

  get precision(): PartPrecisions {
    return this.#model.precision;
  }

  /** Closes the model after the questions that were asked before. */
  async close(): Promise<void> {
    await this.#turn;
    this.#traces.forget();
    await this.#model.sessions.close();
    this.checkpoint.weights.close();
  }

  /** The settings of a query: what it says over the model's preset. Throws `invalid-argument` if they do not fit the model. */
  settingsOf(query: Query): RunSettings {
    const { preset, model } = this.checkpoint;
    const settings = resolveSettings(preset, query.settings);
    checkPrune(model.decoder.layers, settings.prune);
    checkTower(model, settings);
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
    this.#model.features.forget();
    this.#model.recent.forget();
    this.#traces.forget();
  }

  async #run(query: Query, context: RunContext): Promise<RunRecord> {
    throwIfCancelled(context.signal);
    const run = await new Run(this.#model, { query, settings: this.settingsOf(query) }, context).execute();
    const record = recordOfRun(run);
    await this.#model.calibration.add([samplesOfRun(record, run.encoder.decoded)]);
    const trace = traceOfRun(record.id, run, this.#model.tokenizer);
    if (trace) this.#traces.add(trace);
    return record;
  }
}
