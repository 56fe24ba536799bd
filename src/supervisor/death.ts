import { constants } from "node:os";
import { AimError } from "#core/errors.ts";

/** How a process ended that nobody asked to end. */
export interface Death {
  /** Null if a signal ended it, and the other way round. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines that it wrote to stderr. */
  readonly stderr: readonly string[];
  /** Whether it had begun to serve. */
  readonly wasReady: boolean;
}

/** Why a process was made to end. */
export type EndReason =
  | { readonly kind: "restart" | "idle" | "dispose" }
  | { readonly kind: "interrupt"; readonly afterMs: number };

interface Cause {
  /** Goes on from "the kernel". */
  readonly what: string;
  readonly hint: string;
}

const LESS_MEMORY =
  "it probably ran out of memory: take fewer frames, merge more, choose precision q8 or a smaller model";
const NATIVE = "try the device cpu or fewer frames; if it happens again, please report it with what AIM: Show Log says";

/** Statuses with which Windows ends a process. Source: Microsoft, [MS-ERREF] 2.3.1. */
const WINDOWS: Readonly<Record<number, Cause>> = {
  3221225477: { what: "crashed in native code (access violation)", hint: NATIVE },
  3221225495: { what: "was refused memory", hint: LESS_MEMORY },
  3221225501: { what: "met an instruction that this processor lacks", hint: NATIVE },
  3221225725: { what: "crashed in native code (stack overflow)", hint: NATIVE },
  3221225773: { what: "was refused memory", hint: LESS_MEMORY },
  3221225781: { what: "misses a DLL", hint: "install the Microsoft Visual C++ Redistributable and try again" },
  3221226505: { what: "was aborted in native code", hint: NATIVE },
};
const LEAST_WINDOWS_STATUS = 0xc0000000;
/** Added to the number of a signal by shells and some sandboxes. */
const SIGNAL_BASE = 128;

/** What a death means, as the error of every call that was pending. */
export function deathError(death: Death): AimError {
  const { what, hint } = causeOf(death);
  if (death.wasReady) return lost(`the kernel ${what}`, `${hint}. The next run starts a new kernel`);
  return lost(`the kernel could not start: it ${what}`, `${hint}. AIM: Show Log says more`);
}

/** What is told to calls that were pending when the process was made to end. */
export function endError(reason: EndReason): AimError {
  switch (reason.kind) {
    case "restart":
      return lost("the kernel was restarted", "run the cell again");
    case "interrupt":
      return lost(
        `the kernel did not stop within ${reason.afterMs / 1000} s, so it was ended`,
        "the next run starts a new kernel; the setting aim.kernel.interruptSeconds says how long to wait",
      );
    case "idle":
      return lost("the kernel was ended because it had nothing to do", "run the cell again");
    case "dispose":
      return new AimError("cancelled", "cancelled");
  }
}

/** For a process that never was. */
export function notStarted(cause: unknown): AimError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new AimError("kernel-lost", `the kernel could not be started: ${message}`, {
    hint: "restart the editor; if that does not help, install AIM Notebook again",
    cause,
  });
}

const lost = (message: string, hint: string) => new AimError("kernel-lost", message, { hint });

function causeOf({ exitCode, signal, stderr }: Death): Cause {
  if (stderr.some((line) => /heap out of memory|invalid array length Allocation failed/i.test(line))) {
    return { what: "ran out of JavaScript memory", hint: "take fewer frames or a smaller model" };
  }
  const ended = signal ?? (exitCode === null ? undefined : signalOf(exitCode));
  if (ended !== undefined) return signalCause(ended, stderr);
  const code = exitCode ?? 0;
  if (code >= LEAST_WINDOWS_STATUS) {
    const status = `0x${code.toString(16).toUpperCase()}`;
    const { what, hint } = WINDOWS[code] ?? { what: "crashed in native code", hint: NATIVE };
    return { what: `${what}: ${status}`, hint };
  }
  const report = "please report it with what AIM: Show Log says";
  return { what: `ended with exit code ${code}${lastWords(stderr)}`, hint: report };
}

function signalCause(signal: NodeJS.Signals, stderr: readonly string[]): Cause {
  switch (signal) {
    case "SIGKILL":
      return { what: "was killed (SIGKILL)", hint: `unless somebody killed it, ${LESS_MEMORY}` };
    case "SIGILL":
      return { what: `met an instruction that this processor lacks (SIGILL)${lastWords(stderr)}`, hint: NATIVE };
    case "SIGSEGV":
    case "SIGABRT":
    case "SIGBUS":
    case "SIGFPE":
    case "SIGTRAP":
      return { what: `crashed in native code (${signal})${lastWords(stderr)}`, hint: NATIVE };
    default:
      return { what: `was ended from outside (${signal})`, hint: "run the cell again" };
  }
}

function signalOf(exitCode: number): NodeJS.Signals | undefined {
  const names = Object.entries(constants.signals).filter(([, number]) => number === exitCode - SIGNAL_BASE);
  return names.map(([name]) => name).find(isSignal);
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}

/** The line of stderr that tells people most: an error's message, else the last line that is not part of a stack trace. */
function lastWords(stderr: readonly string[]): string {
  const lines = stderr.filter((line) => line.trim() !== "" && !/^\s*(at |\d+: 0x|Node\.js v|-{3,}|\^)/.test(line));
  const line = lines.findLast((each) => /\w*Error\b.*: /.test(each)) ?? lines.at(-1);
  return line === undefined ? "" : `: ${line.trim()}`;
}
