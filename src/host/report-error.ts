import { type LogOutputChannel, l10n, window } from "vscode";
import { AimError, isCancelled } from "#core/errors.ts";

/** Anything that was thrown, as the one error class that can be shown. */
export function asAimError(error: unknown): AimError {
  if (error instanceof AimError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AimError("io", message, { hint: l10n.t("AIM: Show Log says more"), cause: error });
}

/** Runs what a command does; a failure becomes a notification with its hint and a line in the log, a cancellation nothing. */
export async function reportErrors(log: LogOutputChannel, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (isCancelled(error)) return;
    log.error(error instanceof Error ? error : String(error));
    const { message, hint } = asAimError(error);
    const showLog = l10n.t("Show Log");
    const choice = await window.showErrorMessage(hint ? `${message}: ${hint}` : message, showLog);
    if (choice === showLog) log.show();
  }
}
