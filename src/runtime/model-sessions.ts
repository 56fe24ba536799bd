import { isMergedFirst } from "#core/cost/shape.ts";
import { throwIfCancelled } from "#core/errors.ts";
import type { RankingName } from "#core/method.ts";
import type { PartPrecisions } from "#core/precision.ts";
import { type AttentionForm, CPU_ATTENTION } from "#model/attention-form.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import {
  type CompiledGraph,
  compileDecoder,
  compileMerge,
  compileProjector,
  compileVision,
  RECIPES,
} from "#model/compile.ts";
import { RANKING_GRAPHS } from "#model/rankings.ts";
import { conversionFolder, convertInCache } from "./conversion-cache.ts";
import { warmUp } from "./device/warm-up.ts";
import { keptOnDevice } from "./llm.ts";
import type { RunContext } from "./run-context.ts";
import { type Device, GraphSession } from "./session.ts";

/** The ONNX sessions of one model, each loaded when it is first needed and kept until `close`. */
export class ModelSessions {
  readonly #checkpoint: Checkpoint;
  readonly #precision: PartPrecisions;
  readonly #device: Device;
  readonly #attention: AttentionForm;
  readonly #graphs = new Map<string, CompiledGraph>();
  readonly #open = new Map<string, Promise<GraphSession>>();
  #ranking: RankingName = "pagerank";

  constructor(checkpoint: Checkpoint, precision: PartPrecisions, device: Device, attention = CPU_ATTENTION) {
    this.#checkpoint = checkpoint;
    this.#precision = precision;
    this.#device = device;
    this.#attention = attention;
  }

  /** Builds the graphs without loading them, so that a checkpoint that lacks a tensor says so before anything is encoded. */
  compile(): void {
    this.#visionGraph();
    this.#projectorGraph();
    this.#decoderGraph();
  }

  vision(context: RunContext): Promise<GraphSession> {
    return this.#once("vision", () => this.#load(this.#visionGraph(), context));
  }

  /** On the CPU whatever the device: its inputs and outputs lie there, and where all even tokens merge, WebGPU ends the process over a product of size 0. */
  merge(): Promise<GraphSession> {
    const hasMetric = isMergedFirst(this.#checkpoint.model.vision);
    return this.#once("merge", () => GraphSession.load(compileMerge({ hasMetric }), { device: "cpu" }));
  }

  /** What projects tokens after merging; undefined where the vision graph does it. */
  async projector(context: RunContext): Promise<GraphSession | undefined> {
    const graph = this.#projectorGraph();
    return graph && this.#once("projector", () => this.#load(graph, context));
  }

  /** The LLM with a ranking of tokens; with `none` whichever is open. One of another ranking is closed first: memory holds one LLM. */
  async decoder(ranking: RankingName | "none", context: RunContext): Promise<GraphSession> {
    if (ranking !== "none" && ranking !== this.#ranking) {
      const open = this.#open.get("decoder");
      this.#open.delete("decoder");
      await (await open)?.close();
      this.#ranking = ranking;
    }
    return this.#once("decoder", () => this.#loadDecoder(context));
  }

  async close(): Promise<void> {
    const sessions = [...this.#open.values()];
    this.#open.clear();
    for (const session of await Promise.allSettled(sessions))
      if (session.status === "fulfilled") await session.value.close();
  }

  #visionGraph(): CompiledGraph {
    return this.#graph("vision", () =>
      compileVision(
        this.#checkpoint,
        RECIPES[this.#precision.vision],
        conversionFolder(this.#checkpoint),
        this.#attention.cached,
      ),
    );
  }

  #projectorGraph(): CompiledGraph | undefined {
    const recipe = RECIPES[this.#precision.vision];
    return this.#graph("projector", () =>
      compileProjector(this.#checkpoint, recipe, conversionFolder(this.#checkpoint)),
    );
  }

  #decoderGraph(): CompiledGraph {
    const ranking = RANKING_GRAPHS[this.#ranking];
    const compile = () =>
      compileDecoder(
        this.#checkpoint,
        RECIPES[this.#precision.decoder],
        conversionFolder(this.#checkpoint),
        ranking,
        this.#attention,
      );
    return this.#graph(`decoder ${this.#ranking}`, compile);
  }

  #graph<Graph extends CompiledGraph | undefined>(name: string, compile: () => Graph): CompiledGraph | Graph {
    const graph = this.#graphs.get(name) ?? compile();
    if (graph) this.#graphs.set(name, graph);
    return graph;
  }

  /** A session that could not be loaded is tried again when it is next asked for. */
  #once(name: string, load: () => Promise<GraphSession>): Promise<GraphSession> {
    const open = this.#open.get(name) ?? load();
    this.#open.set(name, open);
    open.catch(() => this.#open.delete(name));
    return open;
  }

  async #loadDecoder(context: RunContext): Promise<GraphSession> {
    const { decoder } = this.#checkpoint.model;
    const session = await this.#load(this.#decoderGraph(), context, keptOnDevice(decoder));
    if (this.#device === "cpu") return session;
    throwIfCancelled(context.signal);
    context.events.onProgress?.("warm-up", 0, 0);
    await warmUp(session, decoder);
    return session;
  }

  async #load(
    { bytes, folder, toConvert }: CompiledGraph,
    { events, signal }: RunContext,
    keepOnDevice: readonly string[] = [],
  ): Promise<GraphSession> {
    if (toConvert) {
      const onProgress = (done: number, total: number) => events.onProgress?.("convert", done, total);
      await convertInCache(this.#checkpoint, toConvert, { signal, onProgress });
    }
    throwIfCancelled(signal);
    events.onProgress?.("load", 0, 0);
    return GraphSession.load(bytes, { device: this.#device, folder, keepOnDevice });
  }
}
