import type { Precision } from "#core/precision.ts";
import type { RunRecord } from "#core/record.ts";
import type { BenchmarkItem } from "#runtime/benchmark.ts";
import { Engine } from "#runtime/engine.ts";
import { type Deviation, jaccard, mean } from "./agreement.ts";

/** A tower's precision, and an LLM's. */
export interface Parts {
  readonly vision: Precision;
  readonly decoder: Precision;
}

/** What a run leaves that is compared. */
export interface BenchmarkRun {
  readonly answer: string;
  readonly isCorrect: boolean;
  readonly visual: RunRecord["visual"];
}

/** Asks all questions with the model's own settings, nothing kept from runs before. */
export async function runBenchmark(
  model: string,
  { vision, decoder }: Parts,
  items: readonly BenchmarkItem[],
): Promise<BenchmarkRun[]> {
  const options = { precision: decoder, visionPrecision: vision, device: "cpu", hasDiskCache: false } as const;
  const engine = await Engine.open(model, options);
  const runs: BenchmarkRun[] = [];
  const normal = (text: string) => text.trim().toLowerCase();
  for (const item of items) {
    const media = [{ kind: item.modality, path: item.media }];
    const { answer, visual } = await engine.ask({ question: item.question, media, settings: {} });
    runs.push({ answer, visual, isCorrect: normal(answer) === normal(item.answer) });
  }
  await engine.close();
  return runs;
}

export const accuracy = (runs: readonly BenchmarkRun[]) => mean(runs.map(({ isCorrect }) => Number(isCorrect)));

/** Compares runs of the same questions; a first token is taken for the same where the first word is. */
export function compareRuns(runs: readonly BenchmarkRun[], exact: readonly BenchmarkRun[]): Deviation[] {
  const firstWord = (text: string) => text.trim().split(/\s+/)[0];
  return runs.flatMap((run, i) => {
    const other = exact[i];
    if (other === undefined) return [];
    const overlap = other.visual.importanceLayers.map((layer) =>
      jaccard(keptAfter(run.visual.lastLayer, layer), keptAfter(other.visual.lastLayer, layer)),
    );
    const isSameFirst = firstWord(run.answer) === firstWord(other.answer);
    return [{ overlap, isSameFirst, isSameAnswer: run.answer === other.answer }];
  });
}

function keptAfter(lastLayer: Int16Array, layer: number): Set<number> {
  return new Set([...lastLayer.keys()].filter((token) => (lastLayer[token] ?? 0) > layer));
}
