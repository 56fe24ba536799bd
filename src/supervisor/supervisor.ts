import { type AttentionQuery, type AttentionTrace, attentionNotHeld } from "#core/attention-trace.ts";
import { throwIfCancelled } from "#core/errors.ts";
import type { ModelDescription } from "#core/model-description.ts";
import type { RunEvents } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import type { AskRequest, LogLevel, ModelChoice } from "#protocol/kernel-api.ts";
import { type EndReason, endError } from "./death.ts";
import { KernelProcess } from "./kernel-process.ts";

/** `off` also while a process that takes no more calls is about to be gone. */
export type KernelState = "off" | "starting" | "idle" | "busy";

export interface SupervisorOptions {
  /** The bundled file of the kernel. */
  readonly modulePath: string;
  /** What the kernel's environment has beside this process's own, read at each start. */
  readonly env: () => Record<string, string>;
  /** How long the kernel may have nothing to do before it is ended; 0 for ever. */
  readonly idleMs: () => number;
  /** How long a cancelled run may go on before the kernel is killed. */
  readonly interruptMs: () => number;
  /** Called when the state is another one than before. */
  readonly onState: (state: KernelState) => void;
  readonly onLog: (level: LogLevel, message: string) => void;
}

/**
 * Keeps at most one kernel process: started by the first call that needs it, and again by the first call after it ended.
 *
 * A call rejects with what the kernel threw, or with `kernel-lost` and the reason when the process ends before it answers.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #kernel: KernelProcess | undefined;
  /** Calls that have not ended. */
  #calls = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #toldState: KernelState = "off";
  #isDisposed = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get state(): KernelState {
    if (this.#kernel === undefined || this.#kernel.isLost) return "off";
    if (!this.#kernel.isReady) return "starting";
    return this.#calls > 0 ? "busy" : "idle";
  }

  /**
   * Answers a question; questions are answered one after the other. Cancelled while it waits, it rejects at once; cancelled before the
   * first token, it rejects with `cancelled` after the graph run that goes on; after that, it gives the answer so far.
   */
  async ask(request: AskRequest, events: RunEvents, signal?: AbortSignal): Promise<RunRecord> {
    throwIfCancelled(signal); // before a process is started for it
    return await this.#call((kernel) => kernel.ask(request, events, signal));
  }

  /** What can be asked of the attention of a run. It waits for no question. Rejects with `not-found` if the kernel does not hold it, or is not there. */
  async attentionTrace(run: string): Promise<AttentionTrace> {
    if (this.state === "off") throw attentionNotHeld(run);
    return await this.#call((kernel) => kernel.attentionTrace(run));
  }

  /** [heads, visual] See KernelApi.attention. It waits for no question. Rejects as attentionTrace does. */
  async attention(query: AttentionQuery): Promise<Float32Array> {
    if (this.state === "off") throw attentionNotHeld(query.run);
    return await this.#call((kernel) => kernel.attention(query));
  }

  /** Reads a model's files. */
  describe(choice: ModelChoice): Promise<ModelDescription> {
    return this.#call((kernel) => kernel.describe(choice));
  }

  /** Forgets all encoded frames; gives the bytes that were freed on disk. */
  clearFeatures(): Promise<number> {
    return this.#call((kernel) => kernel.clearFeatures());
  }

  /** Ends the process, and with it all pending calls. The next call starts a new one. */
  restart(): Promise<void> {
    return this.#end({ kind: "restart" });
  }

  /** Ends the process for good; pending and later calls reject with `cancelled`. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#end({ kind: "dispose" });
  }

  async #call<Result>(work: (kernel: KernelProcess) => Promise<Result>): Promise<Result> {
    this.#calls++;
    clearTimeout(this.#idleTimer);
    try {
      return await work(await this.#liveKernel());
    } finally {
      this.#calls--;
      this.#update();
    }
  }

  /** The process that takes calls; one that is about to be gone is waited for, so that there are never two. */
  async #liveKernel(): Promise<KernelProcess> {
    while (this.#kernel?.isLost) await this.#kernel.ended;
    if (this.#isDisposed) throw endError({ kind: "dispose" });
    this.#kernel ??= this.#start();
    this.#update();
    return this.#kernel;
  }

  #start(): KernelProcess {
    const { modulePath, env, interruptMs, onLog } = this.#options;
    const kernel = new KernelProcess({ modulePath, env: env(), interruptMs, onLog });
    void kernel.started.then(() => this.#update());
    void kernel.ended.then(() => {
      this.#kernel = undefined;
      this.#update();
    });
    return kernel;
  }

  async #end(reason: EndReason): Promise<void> {
    const ended = this.#kernel?.end(reason);
    this.#update();
    await ended;
  }

  /** Tells a new state; where there is nothing to do, the time until the end begins to run. */
  #update(): void {
    const { state } = this;
    clearTimeout(this.#idleTimer);
    const idleMs = this.#options.idleMs();
    if (state === "idle" && idleMs > 0) {
      this.#idleTimer = setTimeout(() => void this.#end({ kind: "idle" }), idleMs).unref();
    }
    if (state === this.#toldState) return;
    this.#toldState = state;
    this.#options.onState(state);
  }
}
