import { delimiter } from "node:path";
import { type Event, EventEmitter, type ExtensionContext, Uri, workspace } from "vscode";
import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import { AimError } from "#core/errors.ts";
import type { ModelDescription } from "#core/model-description.ts";
import type { RunEvents } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import type { AskRequest, ModelChoice } from "#protocol/kernel-api.ts";
import { type KernelState, Supervisor } from "#supervisor/supervisor.ts";
import type { Log } from "./log.ts";
import type { FinishedRun } from "./run-history.ts";
import { KERNEL_SETTINGS, readSettings } from "./settings.ts";

/** The one kernel of a window. It is started by the first question, and by nothing in a workspace that is not trusted. */
export class Kernel {
  readonly #supervisor: Supervisor;
  readonly #stateChanged = new EventEmitter<KernelState>();
  readonly onState: Event<KernelState> = this.#stateChanged.event;
  readonly #described = new EventEmitter<void>();
  /** More is known of a model. */
  readonly onDescription: Event<void> = this.#described.event;
  readonly #finished = new EventEmitter<FinishedRun>();
  /** A question has been answered; those that are asked again for their attention are not told. */
  readonly onRun: Event<FinishedRun> = this.#finished.event;
  /** True if settings have changed that a kernel reads at its start only. */
  #isOutdated = false;
  readonly #descriptions = new Map<string, ModelDescription>();

  constructor(context: ExtensionContext, log: Log) {
    this.#supervisor = new Supervisor({
      modulePath: Uri.joinPath(context.extensionUri, "dist", "kernel.mjs").fsPath,
      env: kernelEnvironment,
      idleMs: () => readSettings().idleMs,
      interruptMs: () => readSettings().interruptMs,
      onState: (state) => this.#tellState(state),
      onLog: (level, message) => log.kernel(level, message),
    });
    context.subscriptions.push(
      this.#stateChanged,
      this.#described,
      this.#finished,
      { dispose: () => void this.#supervisor.dispose() },
      workspace.onDidChangeConfiguration((change) => {
        this.#isOutdated ||= KERNEL_SETTINGS.some((name) => change.affectsConfiguration(name));
        this.#tellState(this.state);
      }),
    );
  }

  get state(): KernelState {
    return this.#supervisor.state;
  }

  /** A kernel with old settings is ended as soon as it has nothing to do. */
  #tellState(state: KernelState): void {
    if (state === "off") this.#isOutdated = false;
    if (state === "idle" && this.#isOutdated) void this.restart();
    this.#stateChanged.fire(state);
  }

  /** `notebook` is the one with the cell that asks, if one does. */
  async ask(request: AskRequest, events: RunEvents, signal: AbortSignal, notebook?: Uri): Promise<RunRecord> {
    requireTrust();
    const record = await this.#supervisor.ask(request, events, signal);
    this.#finished.fire({ record, request, ...(notebook && { notebook }) });
    if (this.state !== "off") void this.#describe(request).catch(() => undefined); // for hovers
    return record;
  }

  /** Asks a question again whose run is known already, for what the kernel then holds of it. */
  async replay(request: AskRequest, events: RunEvents, signal: AbortSignal): Promise<RunRecord> {
    requireTrust();
    return await this.#supervisor.ask(request, events, signal);
  }

  /** See KernelApi: rejects with `not-found` if the kernel does not hold the run, or is off. */
  attentionTrace(run: string): Promise<AttentionTrace> {
    return this.#supervisor.attentionTrace(run);
  }

  attention(query: AttentionQuery): Promise<Float32Array> {
    return this.#supervisor.attention(query);
  }

  async describe(choice: ModelChoice): Promise<ModelDescription> {
    requireTrust();
    return await this.#describe(choice);
  }

  /** What is known of a model without starting anything. */
  knownModel(choice: ModelChoice): ModelDescription | undefined {
    return this.#descriptions.get(keyOf(choice));
  }

  async clearFeatures(): Promise<number> {
    requireTrust();
    return await this.#supervisor.clearFeatures();
  }

  async restart(): Promise<void> {
    this.#descriptions.clear();
    await this.#supervisor.restart();
  }

  async #describe({ model, base }: ModelChoice): Promise<ModelDescription> {
    const choice = { base, ...(model !== undefined && { model }) };
    const known = this.knownModel(choice);
    if (known) return known;
    const description = await this.#supervisor.describe(choice);
    this.#descriptions.set(keyOf(choice), description);
    this.#described.fire();
    return description;
  }
}

const keyOf = ({ model, base }: ModelChoice) => JSON.stringify([model, base]);

/** What a kernel is told of the settings. */
export function kernelEnvironment(): Record<string, string> {
  const { ffmpegPath, cacheFolder, modelFolders } = readSettings();
  return {
    ...(ffmpegPath && { AIM_FFMPEG: ffmpegPath }),
    ...(cacheFolder && { AIM_CACHE: cacheFolder }),
    ...(modelFolders.length > 0 && { AIM_MODELS: modelFolders.join(delimiter) }),
  };
}

/** Throws `unsupported` in a workspace that is not trusted. */
export function requireTrust(): void {
  if (workspace.isTrusted) return;
  throw new AimError("unsupported", "nothing runs in a workspace that is not trusted", {
    hint: "trust it with Workspaces: Manage Workspace Trust, if you know where it comes from",
  });
}
