import { createHash } from "node:crypto";
import { join } from "node:path";
import { throwIfCancelled } from "#core/errors.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import { type CompiledGraph, compileDecoder, compileMerge, compileVision, RECIPES } from "#model/compile.ts";
import { convert } from "./convert.ts";
import { pagerank } from "#model/methods/pagerank.ts";
import type { Recipe } from "#model/precision/recipe.ts";
import { cacheFolder } from "./paths.ts";
import type { RunContext } from "./events.ts";
import { type Device, GraphSession } from "./session.ts";

/** Changes when converted files of older versions can no longer be used. */
const CONVERSION_VERSION = 1;

/** The ONNX sessions of one model, each loaded when it is first needed and kept until `close`. */
export class ModelSessions {
  readonly #checkpoint: Checkpoint;
  readonly #recipe: Recipe;
  readonly #device: Device;
  readonly #open = new Map<string, Promise<GraphSession>>();

  constructor(checkpoint: Checkpoint, precision: Recipe["name"], device: Device) {
    this.#checkpoint = checkpoint;
    this.#recipe = RECIPES[precision];
    this.#device = device;
  }

  vision(context: RunContext): Promise<GraphSession> {
    return this.#once("vision", () => this.#load(compileVision(this.#checkpoint, this.#recipe, this.#convertedFolder()), context));
  }

  merge(): Promise<GraphSession> {
    return this.#once("merge", () => GraphSession.load(compileMerge(), { device: this.#device }));
  }

  decoder(context: RunContext): Promise<GraphSession> {
    return this.#once("decoder", () =>
      this.#load(compileDecoder(this.#checkpoint, this.#recipe, this.#convertedFolder(), pagerank), context),
    );
  }

  async close(): Promise<void> {
    const sessions = [...this.#open.values()];
    this.#open.clear();
    for (const session of await Promise.allSettled(sessions)) if (session.status === "fulfilled") await session.value.close();
  }

  /** A session that could not be loaded is tried again when it is next asked for. */
  #once(name: string, load: () => Promise<GraphSession>): Promise<GraphSession> {
    const open = this.#open.get(name) ?? load();
    this.#open.set(name, open);
    open.catch(() => this.#open.delete(name));
    return open;
  }

  async #load({ bytes, folder, toConvert }: CompiledGraph, { events, signal }: RunContext): Promise<GraphSession> {
    if (toConvert) await convert(toConvert, { signal, onProgress: (done, total) => events.onProgress?.("convert", done, total) });
    throwIfCancelled(signal);
    events.onProgress?.("load", 0, 0);
    return GraphSession.load(bytes, { device: this.#device, folder });
  }

  /** One folder for each state of a checkpoint: its name holds all that decides what is converted. */
  #convertedFolder(): string {
    const { weights, name } = this.#checkpoint;
    const state = createHash("sha256").update(`${CONVERSION_VERSION} ${weights.identity()}`).digest("hex").slice(0, 12);
    return join(cacheFolder(), "models", `${name}-${state}`);
  }
}
