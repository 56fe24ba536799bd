// npm run -s bench:gpu -- [--device webgpu|cuda|cpu] [--tiny] [--out FILE]
// On a machine with a GPU: tries the device out, compares small graphs with the fixtures and the CPU, and times LLMs of the 0.5B's and the 7B's shape with
// random weights. Writes a Markdown table. What it cannot measure (too little memory, say) stands in the table as what went wrong.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { cacheFolder } from "#library/paths.ts";
import { inspectDevices } from "#runtime/device/inspect-devices.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { LLAVA_ONEVISION_0_5B, LLAVA_ONEVISION_7B, TINY } from "../../tools/checkpoint/spec.ts";
import { runProcess, runScript } from "./child.ts";
import { figure, table } from "./table.ts";

const FRAME_TOKENS = 196;
const MERGED = 0.25;
const MODELS = [
  { name: "0.5b", spec: LLAVA_ONEVISION_0_5B, precision: "q8", frames: [32, 192] },
  { name: "7b", spec: LLAVA_ONEVISION_7B, precision: "q4", frames: [32, 192] },
] as const;
const SMALL = [{ name: "tiny", spec: TINY, precision: "q8", frames: [1] }] as const;

const { values } = parseArgs({
  options: {
    device: { type: "string", default: "webgpu" },
    tiny: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Names and shapes alone: an empty file as large as the checkpoint, which takes no space on most disks. */
function checkpoint({ name, spec }: (typeof MODELS | typeof SMALL)[number]): string {
  const folder = path.join(cacheFolder(), "bench", "gpu", name);
  if (existsSync(path.join(folder, "complete"))) return folder;
  rmSync(folder, { recursive: true, force: true });
  makeCheckpoint(folder, spec, { isSparse: true });
  writeFileSync(path.join(folder, "complete"), "");
  return folder;
}

async function measure(
  model: (typeof MODELS | typeof SMALL)[number],
  frames: number,
  isAim: boolean,
): Promise<string[]> {
  const visual = Math.floor(frames * FRAME_TOKENS * (isAim ? MERGED : 1));
  const label = [model.name, model.precision, `${frames} frames, ${isAim ? "AIM" : "full"}`];
  say(label.join(", "));
  const flags = ["--model", checkpoint(model), "--device", values.device, "--precision", model.precision];
  try {
    const script = path.join("measure", "gpu.ts");
    const found = await runScript(
      script,
      [...flags, "--visual", String(visual), ...(isAim ? ["--prune"] : [])],
      cpus().length,
    );
    const { prefillMs, tokensPerSecond, hostMib, gpuMib } = found as Readonly<Record<string, number | null>>;
    const cells = [prefillMs == null ? null : prefillMs / 1000, tokensPerSecond, hostMib, gpuMib];
    return [...label, ...cells.map((cell) => (cell == null ? "-" : figure(cell)))];
  } catch (error) {
    const reason = String(error)
      .split("\n")
      .findLast((line) => /error|failed/i.test(line));
    return [...label, `failed: ${reason?.trim().slice(0, 80)}`, "-", "-", "-"];
  }
}

async function parity(): Promise<string> {
  if (values.device !== "webgpu") return "not compared: the cases are for WebGPU";
  const script = path.join(import.meta.dirname, "..", "runtime", "webgpu-cases.ts");
  try {
    const out = await runProcess(process.execPath, ["--import", "tsx", script]);
    return `the same as the fixtures and the CPU (${out.trim().split("\n").join(", ")})`;
  } catch (error) {
    return `NOT the same: ${error instanceof Error ? error.message.slice(-400) : error}`;
  }
}

say("trying devices out");
const reports = await inspectDevices();
say("comparing with the fixtures and the CPU");
const compared = await parity();
const rows: string[][] = [];
for (const model of values.tiny ? SMALL : MODELS) {
  for (const frames of model.frames) for (const isAim of [false, true]) rows.push(await measure(model, frames, isAim));
}
const header = ["model", "precision", "prompt", "prefill s", "decode tokens/s", "host MiB", "GPU MiB"];
const lines = [
  `${values.device}, ${cpus()[0]?.model}, ${process.platform} ${process.arch}`,
  "",
  ...reports.flatMap(({ device, lines: facts }) => facts.map((fact) => `- ${device}: ${fact}`)),
  `- small graphs: ${compared}`,
  "",
  table(header, rows),
];
process.stdout.write(`${lines.join("\n")}\n`);
if (values.out) writeFileSync(values.out, `${lines.join("\n")}\n`);
