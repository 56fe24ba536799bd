// npm run -s bench -- [--json FILE] [--precisions f32,q8,int8] [--runs N]
// Times the LLM of a random checkpoint of the 0.5B's true shape at 32 frames, and a cold start of the embedded model.
// Every figure comes from a process of its own; ratios are between processes of one call, so that a busy machine troubles all alike.
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { cacheFolder } from "#library/paths.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { LLAVA_ONEVISION_0_5B } from "../../tools/checkpoint/spec.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const CASES = [
  { name: "full", visual: 6272, prune: false },
  { name: "merged", visual: 1568, prune: false },
  { name: "aim", visual: 1568, prune: true },
] as const;

interface Measured {
  readonly prefillMs: number;
  readonly cpuMs: number;
  readonly decodeMs: number;
  readonly loadMs: number;
  readonly restingMib: number;
  readonly peakMib: number;
  readonly kvPerLayer: readonly number[];
  readonly flops: number;
}

const say = (text: string) => process.stderr.write(`${text}\n`);

function checkpoint(): string {
  const folder = path.join(cacheFolder(), "bench", "0.5b");
  if (existsSync(path.join(folder, "complete"))) return folder;
  say("making a random checkpoint of the 0.5B's shape (2 GB)");
  rmSync(folder, { recursive: true, force: true });
  makeCheckpoint(folder, LLAVA_ONEVISION_0_5B);
  writeFileSync(path.join(folder, "complete"), "");
  return folder;
}

function measure(
  model: string,
  precision: string,
  { name, visual, prune }: (typeof CASES)[number],
  runs: number,
): Measured {
  say(`prefill ${precision} ${name}`);
  const script = path.join(import.meta.dirname, "prefill.ts");
  const flags = [
    "--model",
    model,
    "--precision",
    precision,
    "--visual",
    String(visual),
    "--runs",
    String(runs),
    ...(prune ? ["--prune"] : []),
  ];
  const out = execFileSync(process.execPath, ["--expose-gc", "--import", "tsx", script, ...flags], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(out);
}

/** Wall time from the start of a process that knows nothing yet to its first token, least of three. */
function coldStart(): { totalMs: number; firstTokenMs: number } {
  const results = [1, 2, 3].map(() => {
    const start = performance.now();
    const question = [
      "--video",
      "media/samples/flash-in-the-middle.mp4",
      "--json",
      "--no-cache",
      "What flashes in the middle?",
    ];
    const out = execFileSync(process.execPath, ["dist/aim.mjs", "ask", ...question], { cwd: ROOT, encoding: "utf8" });
    const totalMs = performance.now() - start;
    const { timeMs } = JSON.parse(out);
    return { totalMs, firstTokenMs: totalMs - timeMs.decode };
  });
  return results.reduce((best, result) => (result.firstTokenMs < best.firstTokenMs ? result : best));
}

const { values } = parseArgs({
  options: { json: { type: "string" }, precisions: { type: "string" }, runs: { type: "string" } },
});
const precisions = (values.precisions ?? "f32,q8,int8").split(",");
const model = checkpoint();

const prefill = precisions.map((precision) => {
  const [full, merged, aim] = CASES.map((testCase) =>
    measure(model, precision, testCase, Number(values.runs ?? (testCase.name === "full" ? 1 : 3))),
  );
  if (!full || !merged || !aim) throw new Error("a case is missing");
  const ratio = (a: Measured, b: Measured) => ({
    time: a.prefillMs / b.prefillMs,
    flops: a.flops / b.flops,
    share: (a.prefillMs / b.prefillMs) * (b.flops / a.flops),
  });
  return {
    precision,
    cases: { full, merged, aim },
    ratios: { fullToMerged: ratio(full, merged), fullToAim: ratio(full, aim), mergedToAim: ratio(merged, aim) },
  };
});
const cold = coldStart();

const row = (...cells: (string | number)[]) =>
  `${cells.map((cell) => String(typeof cell === "number" ? cell.toFixed(2) : cell).padStart(12)).join("")}\n`;
process.stdout.write(
  `${cpus().length} cores, ${cpus()[0]?.model}\n\nLLM prefill, 0.5B shape, 100 text tokens and 32 x 196 visual ones\n`,
);
process.stdout.write(row("", "case", "seconds", "CPU s", "GFLOP/s", "peak MiB", "decode ms", "load s"));
for (const { precision, cases } of prefill) {
  for (const [name, found] of Object.entries(cases)) {
    const gflops = found.flops / found.prefillMs / 1e6;
    process.stdout.write(
      row(
        precision,
        name,
        found.prefillMs / 1000,
        found.cpuMs / 1000,
        gflops,
        found.peakMib,
        found.decodeMs,
        found.loadMs / 1000,
      ),
    );
  }
}
process.stdout.write(`\n${row("", "ratio", "time", "FLOPs", "time/FLOPs")}`);
for (const { precision, ratios } of prefill) {
  for (const [name, { time, flops, share }] of Object.entries(ratios))
    process.stdout.write(row(precision, name, time, flops, share));
}
process.stdout.write(
  `\naim ask on a 10 s clip, cold: first token after ${(cold.firstTokenMs / 1000).toFixed(2)} s, end after ${(cold.totalMs / 1000).toFixed(2)} s\n`,
);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ prefill, coldStart: cold }, undefined, 2)}\n`);
