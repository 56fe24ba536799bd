import { cpus } from "node:os";
import type { Job, Results } from "../jobs.ts";
import { median } from "../measure/figure.ts";
import type { Setup } from "../setup.ts";
import { figure, table } from "../table.ts";
import type { Stage } from "./stage.ts";

/** What ONNX Runtime reaches on this machine where nothing is in its way. */
export interface MachineFigures {
  readonly f32Gflops: number;
  readonly int8Gflops: number;
  readonly readGbPerSecond: number;
}

function machineJob({ options }: Setup): Job<MachineFigures> {
  return { id: "machine", script: "measure/machine.ts", flags: [], rounds: options.rounds, seconds: 12 };
}

/** The best of all rounds: a peak is not an average. */
export function machinePeak(setup: Setup, results: Results): MachineFigures {
  const found = results.of(machineJob(setup));
  const best = (read: (figures: MachineFigures) => number) => Math.max(...found.map(read));
  return {
    f32Gflops: best(({ f32Gflops }) => f32Gflops),
    int8Gflops: best(({ int8Gflops }) => int8Gflops),
    readGbPerSecond: best(({ readGbPerSecond }) => readGbPerSecond),
  };
}

/** The peak for a recipe: all but f32 multiply 8-bit numbers. */
export function peakGflops(precision: string, { f32Gflops, int8Gflops }: MachineFigures): number {
  return precision === "f32" ? f32Gflops : int8Gflops;
}

export const machine: Stage = {
  name: "machine",
  title: "What the machine can do",
  jobs: (setup) => [machineJob(setup)],
  report(setup, results) {
    const found = results.of(machineJob(setup));
    const peak = machinePeak(setup, results);
    const row = (name: string, unit: string, read: (figures: MachineFigures) => number) => [
      name,
      `${figure(read(peak))} ${unit}`,
      `${figure(median(found.map(read)))} ${unit}`,
    ];
    return table(
      ["", "best", "median"],
      [
        row("f32 product of matrices", "GFLOP/s", ({ f32Gflops }) => f32Gflops),
        row("int8 product of matrices", "GOP/s", ({ int8Gflops }) => int8Gflops),
        row("reading memory", "GB/s", ({ readGbPerSecond }) => readGbPerSecond),
      ],
    );
  },
};

export function machineLine({ options }: Setup): string {
  const [processor] = cpus();
  return `${cpus().length} cores (${processor?.model.trim()}), ${options.threads} threads, ${options.frames} frames, medians of ${options.rounds} processes`;
}
