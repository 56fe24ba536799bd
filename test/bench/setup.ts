import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "#library/paths.ts";
import { findTools } from "#media/tools.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { LLAVA_ONEVISION_0_5B, TINY } from "../../tools/checkpoint/spec.ts";
import { runProcess } from "./child.ts";
import type { BenchOptions } from "./options.ts";

/** What all stages share. */
export interface Setup {
  readonly options: BenchOptions;
  /** A random checkpoint of the 0.5B's true shape, or a tiny one. */
  readonly model: string;
  /** A video of 64 different frames. */
  readonly clip: string;
}

/** Makes what the stages need, once: it stays in the cache folder. */
export async function prepare(options: BenchOptions, say: (text: string) => void): Promise<Setup> {
  const folder = path.join(cacheFolder(), "bench");
  mkdirSync(folder, { recursive: true });
  return { options, model: checkpoint(folder, options, say), clip: await clip(folder, say) };
}

function checkpoint(root: string, { isTiny }: BenchOptions, say: (text: string) => void): string {
  const folder = path.join(root, isTiny ? "tiny" : "0.5b");
  if (existsSync(path.join(folder, "complete"))) return folder;
  say(`making a random checkpoint ${isTiny ? "of four layers" : "of the 0.5B's shape (2 GB)"}`);
  rmSync(folder, { recursive: true, force: true });
  makeCheckpoint(folder, isTiny ? TINY : LLAVA_ONEVISION_0_5B);
  writeFileSync(path.join(folder, "complete"), "");
  return folder;
}

/** A flight into the Mandelbrot set: 16 s, four frames a second, no two alike. */
async function clip(folder: string, say: (text: string) => void): Promise<string> {
  const file = path.join(folder, "mandelbrot.mp4");
  if (existsSync(file)) return file;
  say("making a clip of 64 frames");
  const { ffmpeg } = await findTools();
  const partial = path.join(folder, "partial.mp4");
  const source = "mandelbrot=size=640x480:rate=4:end_pts=64";
  await runProcess(ffmpeg, [
    "-y",
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    source,
    "-t",
    "16",
    "-pix_fmt",
    "yuv420p",
    partial,
  ]);
  renameSync(partial, file);
  return file;
}
