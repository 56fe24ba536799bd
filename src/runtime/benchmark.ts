import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { firstTokenError, medianError } from "#core/cost/predicted-error.ts";
import { AimError } from "#core/errors.ts";
import type { SettingsPatch } from "#core/settings.ts";
import type { Engine } from "./engine.ts";
import type { Query } from "./query.ts";

const itemSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  media: z.string().min(1),
  modality: z.enum(["image", "video"]),
  question: z.string().min(1),
  answer: z.string(),
  type: z.string().default("all"),
});

/** One question of a benchmark file. `media` is absolute. */
export type BenchmarkItem = z.infer<typeof itemSchema>;

export interface BenchmarkResult {
  readonly id: string;
  /** Modality and type: `video:order`. */
  readonly type: string;
  readonly question: string;
  readonly expected: string;
  readonly answer: string;
  readonly isCorrect: boolean;
  /** LLM prefill under the convention `aim`, and the whole run under `exact`. */
  readonly tflops: number;
  readonly exactTflops: number;
  readonly seconds: number;
  /** How far the first token came from when it was predicted, relative; absent where it was not. */
  readonly predictionError?: number;
}

export interface BenchmarkSummary {
  /** 0 .. 1 */
  readonly accuracy: number;
  readonly byType: Readonly<
    Record<string, { readonly correct: number; readonly count: number; readonly accuracy: number }>
  >;
  readonly meanTflops: number;
  readonly meanExactTflops: number;
  readonly meanSeconds: number;
  /** Absent where nothing was predicted. */
  readonly medianPredictionError?: number;
  readonly items: readonly BenchmarkResult[];
}

/** Reads a JSONL file of questions; media paths are relative to it. Throws `not-found` or `invalid-argument` naming the line. */
export function readBenchmark(path: string): BenchmarkItem[] {
  const lines = readLines(path).split("\n");
  const items = lines.flatMap((line, index) => (line.trim() === "" ? [] : [readItem(line, `${path}:${index + 1}`)]));
  if (items.length === 0)
    throw new AimError("invalid-argument", `${path} holds no questions`, { hint: "write one JSON object a line" });
  return items.map((item) => ({ ...item, media: resolve(dirname(path), item.media) }));
}

function readItem(line: string, where: string): BenchmarkItem {
  const hint = "each line is a JSON object with id, media, modality (image or video), question, answer and type";
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new AimError("invalid-argument", `${where}: not JSON`, { hint, cause });
  }
  const item = itemSchema.safeParse(json);
  if (item.success) return item.data;
  const [first] = item.error.issues;
  throw new AimError("invalid-argument", `${where}: ${first?.path.join(".")}: ${first?.message}`, { hint });
}

function readLines(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new AimError("not-found", `${path} cannot be read`, { hint: "give the path of a .jsonl file", cause });
  }
}

/** Asks one question of a benchmark; right is what equals the answer, letter case and outer spaces aside. */
export async function askItem(
  engine: Engine,
  item: BenchmarkItem,
  options: { settings: SettingsPatch; signal: AbortSignal },
): Promise<BenchmarkResult> {
  const medium = { kind: item.modality, path: item.media };
  const query: Query = { question: item.question, media: [medium], settings: options.settings };
  const record = await engine.ask(query, {}, options.signal);
  const { answer, cost, timeMs } = record;
  const error = firstTokenError(record);
  const normal = (text: string) => text.trim().toLowerCase();
  return {
    id: item.id,
    type: `${item.modality}:${item.type}`,
    question: item.question,
    expected: item.answer,
    answer,
    isCorrect: normal(answer) === normal(item.answer),
    tflops: cost.aim.tflops,
    exactTflops: cost.exact.tflops,
    seconds: timeMs.total / 1000,
    ...(error && { predictionError: error.relative }),
  };
}

/** Accuracy over all items and by type, and means. */
export function summarise(items: readonly BenchmarkResult[]): BenchmarkSummary {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const accuracy = (results: readonly BenchmarkResult[]) => mean(results.map(({ isCorrect }) => Number(isCorrect)));
  const types = [...new Set(items.map(({ type }) => type))].sort();
  const byType = types.map((type) => {
    const ofType = items.filter((item) => item.type === type);
    return [
      type,
      { correct: ofType.filter(({ isCorrect }) => isCorrect).length, count: ofType.length, accuracy: accuracy(ofType) },
    ] as const;
  });
  const errors = items.flatMap(({ predictionError: relative }) => (relative === undefined ? [] : [{ relative }]));
  return {
    accuracy: accuracy(items),
    byType: Object.fromEntries(byType),
    meanTflops: mean(items.map(({ tflops }) => tflops)),
    meanExactTflops: mean(items.map(({ exactTflops }) => exactTflops)),
    meanSeconds: mean(items.map(({ seconds }) => seconds)),
    ...(errors.length > 0 && { medianPredictionError: medianError(errors) }),
    items,
  };
}
