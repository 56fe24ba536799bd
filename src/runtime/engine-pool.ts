import { Engine, type EngineOptions } from "./engine.ts";
import { clearFeatureFolder } from "./feature-cache.ts";
import { featuresFolder } from "./paths.ts";

/** Keeps the engine that was used last; asking for another model, device or precision closes it first, so that memory holds one model. */
export class EnginePool {
  #open: { readonly key: string; readonly engine: Engine } | undefined;

  async get(folder: string, options: EngineOptions): Promise<Engine> {
    const key = JSON.stringify([
      folder,
      options.device ?? "auto",
      options.precision ?? "auto",
      options.hasDiskCache ?? true,
    ]);
    if (this.#open?.key === key) return this.#open.engine;
    await this.close();
    const engine = await Engine.open(folder, options);
    this.#open = { key, engine };
    return engine;
  }

  /** Forgets all encoded frames, in memory and on disk; gives the bytes that were freed on disk. */
  clearFeatures(): number {
    this.#open?.engine.forgetFeatures();
    return clearFeatureFolder(featuresFolder());
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.engine.close();
  }
}
