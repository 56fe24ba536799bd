import { type ExtensionContext, l10n, Uri } from "vscode";
import { AimError } from "#core/errors.ts";
import type { ImportedModel, ImportPlan, ImportRequest, ImportStage } from "#core/model-import.ts";
import { KernelProcess } from "#supervisor/kernel-process.ts";
import { kernelEnvironment, requireTrust } from "./kernel.ts";
import type { Log } from "./log.ts";
import { readSettings } from "./settings.ts";

/** Imports models, each in a process of its own beside the kernel, which goes on answering. */
export class ModelImporter {
  readonly #modulePath: string;
  readonly #log: Log;

  constructor({ extensionUri }: ExtensionContext, log: Log) {
    this.#modulePath = Uri.joinPath(extensionUri, "dist", "kernel.mjs").fsPath;
    this.#log = log;
  }

  /** What each of `requests` would take; none is begun. */
  plan(requests: readonly ImportRequest[], signal: AbortSignal): Promise<ImportPlan[]> {
    return this.#inProcess(signal, (process) =>
      Promise.all(requests.map((request) => process.planImport(request, signal))),
    );
  }

  run(
    request: ImportRequest,
    onProgress: (stage: ImportStage, done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<ImportedModel> {
    return this.#inProcess(signal, (process) => process.importModel(request, onProgress, signal));
  }

  async #inProcess<Result>(signal: AbortSignal, work: (process: KernelProcess) => Promise<Result>): Promise<Result> {
    requireTrust();
    const process = new KernelProcess({
      modulePath: this.#modulePath,
      env: kernelEnvironment(),
      interruptMs: () => readSettings().interruptMs,
      onLog: (level, message) => this.#log.kernel(level, `import: ${message}`),
    });
    try {
      await process.started;
      return await work(process);
    } catch (error) {
      throw lossOfImport(error, signal);
    } finally {
      await process.end({ kind: "idle" });
    }
  }
}

/** The words for the end of a kernel are about cells. */
function lossOfImport(error: unknown, signal: AbortSignal): unknown {
  if (!(error instanceof AimError && error.code === "kernel-lost")) return error;
  if (signal.aborted) return new AimError("cancelled", "cancelled", { cause: error }); // it did not stop by itself in time
  return new AimError("kernel-lost", l10n.t("the import was interrupted: {0}", error.message), {
    hint: l10n.t("what was done is kept; close what takes much memory, then try again"),
    cause: error,
  });
}
