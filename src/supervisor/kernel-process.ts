import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import type { AimError } from "#core/errors.ts";
import type { ModelDescription } from "#core/model-description.ts";
import type { ImportedModel, ImportPlan, ImportRequest, ImportStage } from "#core/model-import.ts";
import type { RunEvents } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import { ipcConnection, type RemoteKernel, remoteKernel } from "#protocol/channel.ts";
import type { AskRequest, KernelEvents, LogLevel, ModelChoice } from "#protocol/kernel-api.ts";
import { deathError, type EndReason, endError, notStarted } from "./death.ts";
import { forkKernel, killChildren } from "./fork-kernel.ts";
import { readLines, Tail } from "./output-lines.ts";
import { RunQueue } from "./run-queue.ts";
import { watchAbort } from "./watch-abort.ts";

export interface KernelProcessOptions {
  /** The bundled file of the kernel. */
  readonly modulePath: string;
  /** Beside this process's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** How long a cancelled run may go on before the process is killed. */
  readonly interruptMs: () => number;
  readonly onLog: (level: LogLevel, message: string) => void;
}

/** `done` of `total` bytes of a stage. */
type ImportProgress = (stage: ImportStage, done: number, total: number) => void;

/** How long a process that was asked to leave may take. */
const LEAVE_MS = 2000;
/** How long the last words of a dead process are waited for: something that it started may hold its stderr open. */
const LAST_WORDS_MS = 500;

/** One process of the kernel, from its start to its end. Calls that are pending when it ends reject with the reason. */
export class KernelProcess {
  /** Resolves once it serves, or has ended before it could. */
  readonly started: Promise<unknown>;
  /** Resolves once the process is gone. */
  readonly ended: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #options: KernelProcessOptions;
  readonly #remote: RemoteKernel;
  readonly #queue: RunQueue;
  readonly #stderr = new Tail();
  /** The run that goes on. */
  #running: { readonly run: string; readonly events: RunEvents } | undefined;
  readonly #imports = new Map<string, ImportProgress>();
  #runs = 0;
  #jobs = 0;
  #isReady = false;
  #lost: AimError | undefined;

  constructor(options: KernelProcessOptions) {
    this.#options = options;
    this.#child = forkKernel(options.modulePath, options.env);
    this.#listen();
    if (this.#child.pid !== undefined) options.onLog("info", `started, process ${this.#child.pid}`);
    this.#remote = remoteKernel(ipcConnection(this.#child), {
      events: this.#events(),
      lost: () => this.#lost ?? this.#deathError(),
    });
    const ready = this.#remote.ready.then(() => {
      this.#isReady = true;
    });
    this.ended = this.#waitForEnd();
    this.started = Promise.race([ready, this.ended]);
    this.#queue = new RunQueue(this.started);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether it takes no more calls, although the process may still be there. */
  get isLost(): boolean {
    return this.#lost !== undefined || this.#isGone;
  }

  get #isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Answers a question after those that were asked before. A run that is not over `interruptMs` after its cancellation costs the process. */
  ask(request: AskRequest, events: RunEvents, signal?: AbortSignal): Promise<RunRecord> {
    return this.#queue.run(async () => {
      const run = String(++this.#runs);
      this.#running = { run, events };
      try {
        return await this.#watched(signal, () => this.#remote.ask(run, request, signal));
      } finally {
        this.#running = undefined;
      }
    }, signal);
  }

  attentionTrace(run: string): Promise<AttentionTrace> {
    return this.#remote.attentionTrace(run);
  }

  attention(query: AttentionQuery): Promise<Float32Array> {
    return this.#remote.attention(query);
  }

  describe(choice: ModelChoice): Promise<ModelDescription> {
    return this.#remote.describe(choice);
  }

  /** See KernelApi. A look that is not over `interruptMs` after its cancellation costs the process. */
  planImport(request: ImportRequest, signal?: AbortSignal): Promise<ImportPlan> {
    return this.#watched(signal, () => this.#remote.planImport(request, signal));
  }

  /** See KernelApi. It waits for no question. Where its cancellation costs the process, what was done stays on disk. */
  async importModel(request: ImportRequest, onProgress: ImportProgress, signal?: AbortSignal): Promise<ImportedModel> {
    const job = String(++this.#jobs);
    this.#imports.set(job, onProgress);
    try {
      return await this.#watched(signal, () => this.#remote.importModel(job, request, signal));
    } finally {
      this.#imports.delete(job);
    }
  }

  clearFeatures(): Promise<number> {
    return this.#remote.clearFeatures();
  }

  /** Ends the process: at once, or by asking it first where it has nothing to do. Pending calls reject now. */
  async end(reason: EndReason): Promise<void> {
    this.#lose(endError(reason));
    if (reason.kind === "idle") {
      if (this.#child.connected) this.#child.disconnect();
      await Promise.race([this.ended, sleep(LEAVE_MS, undefined, { ref: false })]);
    }
    if (!this.#isGone) this.#child.kill("SIGKILL");
    await this.ended;
  }

  /** Rejects all calls with `reason`, unless there was one before. */
  #lose(reason: AimError): void {
    this.#lost ??= reason;
    this.#remote.disconnect();
  }

  #watched<Result>(signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result> {
    const onStuck = (afterMs: number) => void this.end({ kind: "interrupt", afterMs });
    return watchAbort(signal, { ms: this.#options.interruptMs, onStuck }, work);
  }

  #events(): KernelEvents {
    const eventsOf = (run: string) => (run === this.#running?.run ? this.#running.events : undefined);
    return {
      progress: (run, stage, done, total) => eventsOf(run)?.onProgress?.(stage, done, total),
      text: (run, text) => eventsOf(run)?.onText?.(text),
      importProgress: (job, stage, done, total) => this.#imports.get(job)?.(stage, done, total),
      log: this.#options.onLog,
    };
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#child;
    stdin?.on("error", () => {}); // it only tells the kernel that this process lives
    if (stdout) readLines(stdout, (line) => this.#options.onLog("info", line));
    if (!stderr) return;
    readLines(stderr, (line) => {
      this.#stderr.add(line);
      this.#options.onLog("warning", line);
    });
  }

  async #waitForEnd(): Promise<void> {
    const child = this.#child;
    const closed = new Promise((resolve) => child.once("close", resolve));
    const cause = await new Promise<unknown>((resolve) => {
      child.once("exit", () => resolve(undefined));
      child.on("error", (error) => child.pid === undefined && resolve(error));
    });
    killChildren(child);
    if (cause === undefined) await Promise.race([closed, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
    if (this.#lost !== undefined) return;
    const error = cause === undefined ? this.#deathError() : notStarted(cause);
    this.#lose(error);
    this.#options.onLog("error", error.message);
  }

  #deathError(): AimError {
    const { exitCode, signalCode: signal } = this.#child;
    return deathError({ exitCode, signal, stderr: this.#stderr.lines, wasReady: this.#isReady });
  }
}
