import { attentionNotHeld } from "#core/attention-trace.ts";
import { featuresFolder } from "#library/paths.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import { clearFeatureFolder } from "./feature-cache.ts";
import type { RunTrace } from "./run-trace.ts";

/** Keeps the engine that was used last; asking for another model, device or precision closes it first, so that memory holds one model. */
export class EnginePool {
  #open: { readonly key: string; readonly engine: Engine } | undefined;

  async get(folder: string, options: EngineOptions): Promise<Engine> {
    const key = JSON.stringify([
      folder,
      options.device ?? "auto",
      options.precision ?? "auto",
      options.visionPrecision ?? "auto",
      options.hasDiskCache ?? true,
      options.keepsTraces ?? false,
    ]);
    if (this.#open?.key === key) return this.#open.engine;
    await this.close();
    const engine = await Engine.open(folder, options);
    this.#open = { key, engine };
    return engine;
  }

  /** What the attention of a run is computed from. Throws `not-found` if the open model does not hold it. */
  trace(run: string): RunTrace {
    if (this.#open === undefined) throw attentionNotHeld(run);
    return this.#open.engine.trace(run);
  }

  /** Forgets all encoded frames, in memory and on disk, and all traces; gives the bytes that were freed on disk. */
  clearFeatures(): number {
    this.#open?.engine.forget();
    return clearFeatureFolder(featuresFolder());
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.engine.close();
  }
}
