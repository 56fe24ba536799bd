import type { Readable } from "node:stream";

/** What is kept of a line that does not end. */
const MAX_LINE = 2000;
const TAIL_LINES = 50;

/** Calls `onLine` for each line of `stream`; of an endless line, pieces. A stream that fails has simply ended. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  const tell = (line: string) => line.trim() !== "" && onLine(line.slice(0, MAX_LINE));
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    lines.forEach(tell);
    if (rest.length < MAX_LINE) return;
    tell(rest);
    rest = "";
  });
  stream.on("end", () => tell(rest));
  stream.on("error", () => {});
}

/** The last lines of an output. */
export class Tail {
  readonly #lines: string[] = [];

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > TAIL_LINES) this.#lines.shift();
  }
}
