/** One command of the command line. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` shows. */
  readonly help: string;
  /** Does the work; what it returns is the exit code. Failures are thrown as AimError and shown by main. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

/** Where a command writes, and how it learns that it should stop. */
export interface CommandIo {
  /** The result: plain text or JSON. */
  readonly out: (text: string) => void;
  /** Everything else. */
  readonly err: (text: string) => void;
  readonly isErrTerminal: boolean;
  readonly signal: AbortSignal;
}
