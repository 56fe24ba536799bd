import { fork } from "node:child_process";
import { join } from "node:path";
import { AimError, type AimErrorCode } from "#core/errors.ts";
import type { PrecisionName } from "#core/precision.ts";
import { packageRoot } from "../models.ts";

/** What the process of a self-check tells when it is done. */
export type CheckReport =
  | { readonly isUsable: true }
  | { readonly isUsable: false; readonly code: AimErrorCode; readonly message: string; readonly hint?: string };

const HINT = "import it in another precision, such as --precision q8, or q4 for those short of memory";

/**
 * Tries a model in a process of its own, whose memory is its own, and whose crash is an error. `precision` is that of EngineOptions.
 *
 * Throws what selfCheck throws, `invalid-model` if the process dies, `cancelled`.
 */
export async function runSelfCheck(folder: string, precision: PrecisionName, signal?: AbortSignal): Promise<void> {
  const report = await ask(folder, precision, signal);
  if (report.isUsable) return;
  throw new AimError(report.code, `the self-check failed: ${report.message}`, {
    hint: report.hint === undefined ? HINT : `${HINT} (${report.hint})`,
  });
}

function ask(folder: string, precision: PrecisionName, signal: AbortSignal | undefined): Promise<CheckReport> {
  const script = join(packageRoot(), "dist", "check.mjs");
  const child = fork(script, [folder, precision], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-500);
  });
  const kill = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  if (signal?.aborted) kill();
  return new Promise<CheckReport>((resolve, reject) => {
    child.on("message", (report: CheckReport) => resolve(report));
    child.on("error", reject);
    child.on("close", (code, died) => {
      if (signal?.aborted) return reject(new AimError("cancelled", "cancelled"));
      const how = died === null ? `with exit code ${code}` : `by ${died}, perhaps for lack of memory`;
      reject(
        new AimError("invalid-model", `the self-check ended ${how}${lastWords === "" ? "" : `: ${lastWords.trim()}`}`, {
          hint: HINT,
        }),
      );
    });
  }).finally(() => signal?.removeEventListener("abort", kill));
}
