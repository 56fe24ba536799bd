import { type LogOutputChannel, l10n, window } from "vscode";
import { AimError, type AimErrorCode, isCancelled } from "#core/errors.ts";

/** What may pass, or what the user can do something about meanwhile. */
const PASSING: readonly AimErrorCode[] = ["network", "io", "kernel-lost"];

/**
 * Does work that goes on where it was, as often as the user wants: after a cancellation, and after an error that may pass. Throws other
 * errors, and `cancelled` where the user has had enough.
 */
export async function withAnotherTry<Result>(
  name: string,
  log: LogOutputChannel,
  work: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (await wantsMore(name, log, error)) continue;
      throw new AimError("cancelled", "cancelled", { cause: error });
    }
  }
}

async function wantsMore(name: string, log: LogOutputChannel, error: unknown): Promise<boolean> {
  if (isCancelled(error)) {
    const goOn = l10n.t("Continue");
    const message = l10n.t("{0} was stopped. The next import goes on from there.", name);
    return (await window.showInformationMessage(message, goOn)) === goOn;
  }
  if (!(error instanceof AimError && PASSING.includes(error.code))) throw error;
  log.error(error);
  const [again, showLog] = [l10n.t("Try Again"), l10n.t("Show Log")];
  const text = error.hint ? `${error.message}: ${error.hint}` : error.message;
  const choice = await window.showErrorMessage(text, again, showLog);
  if (choice === showLog) log.show();
  return choice === again;
}
