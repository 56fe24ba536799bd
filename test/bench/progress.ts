/** What is being measured and for how long still, a line each on stderr. */
export class Progress {
  #total = 0;
  #done = 0;
  #start = 0;

  begin(total: number): void {
    this.#total = total;
    this.#start = performance.now();
  }

  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  show(text: string): void {
    this.say(`${text}${this.#left()}`);
  }

  done(work: number): void {
    this.#done += work;
  }

  end(): void {
    this.say(`measured for ${minutes(performance.now() - this.#start)}`);
  }

  /** By what the work so far took; nothing before any was done. */
  #left(): string {
    if (this.#done === 0) return "";
    const perUnit = (performance.now() - this.#start) / this.#done;
    return ` (about ${minutes(perUnit * (this.#total - this.#done))} left)`;
  }
}

function minutes(ms: number): string {
  return ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
