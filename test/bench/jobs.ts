import type { Progress } from "./progress.ts";

/** One figure, or what belongs together: a script that measures it in a process of its own and prints one line of JSON. */
export interface Job<Figures> {
  /** Equal ids are measured once, whichever stages ask for them. */
  readonly id: string;
  /** Relative to this folder. */
  readonly script: string;
  readonly flags: readonly string[];
  readonly rounds: number;
  /** About how long a round takes, on any machine: only the share of the whole counts. */
  readonly seconds: number;
  /** Never there: it ties the figures' type to the job. */
  readonly figures?: Figures;
}

/** The figures of all jobs, by round. */
export class Results {
  readonly #figures = new Map<string, unknown[]>();
  /** What went wrong, by job: its figures are missing from the tables. */
  readonly failures: string[] = [];

  add(id: string, figures: unknown): void {
    this.#figures.set(id, [...(this.#figures.get(id) ?? []), figures]);
  }

  of<Figures>({ id }: Job<Figures>): readonly Figures[] {
    return (this.#figures.get(id) ?? []) as Figures[];
  }

  toJSON(): object {
    return { figures: Object.fromEntries(this.#figures), failures: this.failures };
  }
}

/**
 * Measures all jobs round by round, so that a noisy minute hits all alike. One that fails is noted and not tried again. `save` is
 * called after each.
 */
export async function measureAll(
  jobs: readonly Job<unknown>[],
  measure: (job: Job<unknown>) => Promise<unknown>,
  progress: Progress,
  save: (results: Results) => void = () => undefined,
): Promise<Results> {
  const unique = [...new Map(jobs.map((job) => [job.id, job])).values()];
  const results = new Results();
  const failed = new Set<string>();
  const most = Math.max(0, ...unique.map(({ rounds }) => rounds));
  progress.begin(unique.reduce((sum, { seconds, rounds }) => sum + seconds * rounds, 0));
  for (let round = 0; round < most; round++) {
    for (const job of unique.filter(({ rounds }) => round < rounds)) {
      progress.show(`${job.id}${job.rounds > 1 ? `, round ${round + 1} of ${job.rounds}` : ""}`);
      try {
        if (!failed.has(job.id)) results.add(job.id, await measure(job));
      } catch (error) {
        failed.add(job.id);
        results.failures.push(`${job.id}: ${error instanceof Error ? error.message : error}`);
        progress.say(`failed: ${results.failures.at(-1)}`);
      }
      progress.done(job.seconds);
      save(results);
    }
  }
  progress.end();
  return results;
}
