import { type LogOutputChannel, window } from "vscode";
import type { LogLevel } from "#protocol/kernel-api.ts";

/** The output channel "AIM"; its level is chosen in the editor. */
export interface Log {
  readonly channel: LogOutputChannel;
  /** A line that the kernel wrote. */
  readonly kernel: (level: LogLevel, message: string) => void;
}

export function createLog(): Log {
  const channel = window.createOutputChannel("AIM", { log: true });
  const write: Readonly<Record<LogLevel, (message: string) => void>> = {
    error: (message) => channel.error(message),
    warning: (message) => channel.warn(message),
    info: (message) => channel.info(message),
    debug: (message) => channel.debug(message),
  };
  return { channel, kernel: (level, message) => write[level](`kernel: ${message}`) };
}
