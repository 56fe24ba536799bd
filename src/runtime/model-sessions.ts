import { join } from "node:path";
import { throwIfCancelled } from "#core/errors.ts";
import type { RankingName } from "#core/method.ts";
import type { PartPrecisions } from "#core/precision.ts";
import { removeAbandoned } from "#library/partial-file.ts";
import { conversionsFolder } from "#library/paths.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import { type CompiledGraph, compileDecoder, compileMerge, compileVision, RECIPES } from "#model/compile.ts";
import { RANKING_GRAPHS } from "#model/rankings.ts";
import { convert } from "./convert.ts";
import type { RunContext } from "./run-context.ts";
import { type Device, GraphSession } from "./session.ts";

/** The ONNX sessions of one model, each loaded when it is first needed and kept until `close`. */
export class ModelSessions {
  readonly #checkpoint: Checkpoint;
  readonly #precision: PartPrecisions;
  readonly #device: Device;
  readonly #graphs = new Map<string, CompiledGraph>();
  readonly #open = new Map<string, Promise<GraphSession>>();
  #ranking: RankingName = "pagerank";

  constructor(checkpoint: Checkpoint, precision: PartPrecisions, device: Device) {
    this.#checkpoint = checkpoint;
    this.#precision = precision;
    this.#device = device;
  }

  /** Builds the graphs without loading them, so that a checkpoint that lacks a tensor says so before anything is encoded. */
  compile(): void {
    this.#visionGraph();
    this.#decoderGraph();
  }

  vision(context: RunContext): Promise<GraphSession> {
    return this.#once("vision", () => this.#load(this.#visionGraph(), context));
  }

  merge(): Promise<GraphSession> {
    return this.#once("merge", () => GraphSession.load(compileMerge(), { device: this.#device }));
  }

  /** The LLM with a ranking of tokens; with `none` whichever is open. One of another ranking is closed first: memory holds one LLM. */
  async decoder(ranking: RankingName | "none", context: RunContext): Promise<GraphSession> {
    if (ranking !== "none" && ranking !== this.#ranking) {
      const open = this.#open.get("decoder");
      this.#open.delete("decoder");
      await (await open)?.close();
      this.#ranking = ranking;
    }
    return this.#once("decoder", () => this.#load(this.#decoderGraph(), context));
  }

  async close(): Promise<void> {
    const sessions = [...this.#open.values()];
    this.#open.clear();
    for (const session of await Promise.allSettled(sessions))
      if (session.status === "fulfilled") await session.value.close();
  }

  #visionGraph(): CompiledGraph {
    return this.#graph("vision", () =>
      compileVision(this.#checkpoint, RECIPES[this.#precision.vision], this.#convertedFolder()),
    );
  }

  #decoderGraph(): CompiledGraph {
    const ranking = RANKING_GRAPHS[this.#ranking];
    const compile = () =>
      compileDecoder(this.#checkpoint, RECIPES[this.#precision.decoder], this.#convertedFolder(), ranking);
    return this.#graph(`decoder ${this.#ranking}`, compile);
  }

  #graph(name: string, compile: () => CompiledGraph): CompiledGraph {
    const graph = this.#graphs.get(name) ?? compile();
    this.#graphs.set(name, graph);
    return graph;
  }

  /** A session that could not be loaded is tried again when it is next asked for. */
  #once(name: string, load: () => Promise<GraphSession>): Promise<GraphSession> {
    const open = this.#open.get(name) ?? load();
    this.#open.set(name, open);
    open.catch(() => this.#open.delete(name));
    return open;
  }

  async #load({ bytes, folder, toConvert }: CompiledGraph, { events, signal }: RunContext): Promise<GraphSession> {
    if (toConvert) {
      removeAbandoned(conversionsFolder());
      await convert(toConvert, { signal, onProgress: (done, total) => events.onProgress?.("convert", done, total) });
    }
    throwIfCancelled(signal);
    events.onProgress?.("load", 0, 0);
    return GraphSession.load(bytes, { device: this.#device, folder });
  }

  /** One folder for each state of a checkpoint. */
  #convertedFolder(): string {
    const { name, identity } = this.#checkpoint;
    return join(conversionsFolder(), `${name}-${identity}`);
  }
}
