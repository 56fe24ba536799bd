import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { AimError } from "#core/errors.ts";
import { parseNumber, parseWord } from "#core/settings.ts";

const STAGE_NAMES = ["prefill", "vision", "query", "decode", "growth", "cold-start"] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** What the bench is told. */
export interface BenchOptions {
  /** Threads of every engine in every process. */
  readonly threads: number;
  /** How often each figure is taken; the long ones are taken once. */
  readonly rounds: number;
  readonly frames: number;
  readonly isQuick: boolean;
  /** A model of four layers. */
  readonly isTiny: boolean;
  readonly only: readonly StageName[];
  readonly peers: boolean;
  readonly json: string | undefined;
}

export const HELP = `Usage: npm run -s bench -- [--threads N] [--rounds N] [--quick | --tiny] [--only STAGE,...] [--peers] [--json FILE]

  --threads N    threads of one operator, in all engines (default: all cores)
  --rounds N     how often each figure is taken, one after the other (default 3; figures that take a minute are taken once)
  --quick        8 frames and one round
  --tiny         2 frames of a tiny model: whether the bench itself works; its figures say nothing
  --only STAGES  of ${STAGE_NAMES.join(", ")}; none: --only ""
  --peers        also @huggingface/transformers and node-llama-cpp, installed into the cache folder
  --json FILE    also write what was measured, after every figure

Progress goes to stderr, Markdown tables to stdout.
`;

/** Throws `invalid-argument`; undefined where help was asked for. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const isTiny = values.tiny ?? false;
  const isQuick = values.quick ?? isTiny;
  const names = values.only?.split(",").filter((name) => name !== "");
  return {
    threads: whole("--threads", values.threads, availableParallelism()),
    rounds: whole("--rounds", values.rounds, isQuick ? 1 : 3),
    frames: isTiny ? 2 : isQuick ? 8 : 32,
    isQuick,
    isTiny,
    only: names?.map((name) => parseWord("stage", name, STAGE_NAMES)) ?? STAGE_NAMES,
    peers: values.peers ?? false,
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        threads: { type: "string" },
        rounds: { type: "string" },
        quick: { type: "boolean" },
        tiny: { type: "boolean" },
        only: { type: "string" },
        peers: { type: "boolean" },
        json: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (cause) {
    throw new AimError("invalid-argument", cause instanceof Error ? cause.message : String(cause), {
      hint: "see npm run -s bench -- --help",
      cause,
    });
  }
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : parseNumber(text, { name, least: 1, most: 1024, isWhole: true });
}
