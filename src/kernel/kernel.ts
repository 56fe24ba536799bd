import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import { throwIfCancelled } from "#core/errors.ts";
import type { ModelDescription } from "#core/model-description.ts";
import type { ImportedModel, ImportPlan, ImportRequest } from "#core/model-import.ts";
import type { RunRecord } from "#core/record.ts";
import type { AskRequest, KernelApi, KernelEvents, ModelChoice } from "#protocol/kernel-api.ts";
import { EnginePool } from "#runtime/engine-pool.ts";
import { importModel, planImport } from "#runtime/import/import-model.ts";
import { describeModel, modelFolder } from "#runtime/models.ts";
import { PacedEvents } from "./paced-events.ts";
import { pacedImport } from "./paced-import.ts";

/** The runtime as a kernel: one open model, questions one after the other. */
export class Kernel implements KernelApi {
  readonly #events: KernelEvents;
  readonly #engines = new EnginePool();
  /** Ends when the last question that was asked has been answered. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(events: KernelEvents) {
    this.#events = events;
  }

  ask(run: string, request: AskRequest, signal?: AbortSignal): Promise<RunRecord> {
    const answer = this.#turn.then(() => this.#answer(run, request, signal));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async attentionTrace(run: string): Promise<AttentionTrace> {
    return this.#engines.trace(run).summary;
  }

  async attention({ run, token, layer }: AttentionQuery): Promise<Float32Array> {
    return this.#engines.trace(run).attention(token, layer);
  }

  async describe({ model, base }: ModelChoice): Promise<ModelDescription> {
    return describeModel(model, base);
  }

  async planImport(request: ImportRequest, signal?: AbortSignal): Promise<ImportPlan> {
    return planImport(request, signal);
  }

  async importModel(job: string, request: ImportRequest, signal?: AbortSignal): Promise<ImportedModel> {
    const onProgress = pacedImport((stage, done, total) => this.#events.importProgress(job, stage, done, total));
    return importModel(request, { signal, onProgress });
  }

  async clearFeatures(): Promise<number> {
    return this.#engines.clearFeatures();
  }

  async #answer(run: string, request: AskRequest, signal: AbortSignal | undefined): Promise<RunRecord> {
    throwIfCancelled(signal);
    const { model, base, device, precision, visionPrecision, ...query } = request;
    const events = new PacedEvents({
      onProgress: (stage, done, total) => this.#events.progress(run, stage, done, total),
      onText: (text) => this.#events.text(run, text),
    });
    try {
      events.onProgress("load", 0, 0);
      const engine = await this.#engines.get(modelFolder(model, base), {
        ...(device && { device }),
        ...(precision && { precision }),
        ...(visionPrecision && { visionPrecision }),
        keepsTraces: true,
      });
      return await engine.ask(query, events, signal);
    } finally {
      events.flush();
    }
  }
}
