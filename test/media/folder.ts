import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A folder of media made for one test file, removed after it. */
export class MediaFolder {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async create(): Promise<MediaFolder> {
    return new MediaFolder(await mkdtemp(join(tmpdir(), "aim-media-")));
  }

  remove(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.path(name), content);
    return this.path(name);
  }

  /** Runs ffmpeg with `args` and the file as its output. */
  async ffmpeg(name: string, ...args: string[]): Promise<string> {
    await run("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args, this.path(name)]);
    return this.path(name);
  }

  /** A moving test picture: every frame differs. `source` is `size:rate:seconds`, such as `64x48:10:2`. */
  testVideo(name: string, source: string, ...args: string[]): Promise<string> {
    const [size, rate, seconds] = source.split(":");
    return this.ffmpeg(name, "-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`, ...args);
  }

  /** A shell script that can be run, for systems that have /bin/sh. */
  async script(name: string, ...lines: string[]): Promise<string> {
    await writeFile(this.path(name), ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
    return this.path(name);
  }
}

/** The MD5 sums of all frames of a video as rgb24, upright, decoded from start to end in one go: what sampling must agree with. */
export async function decodeAll(path: string): Promise<string[]> {
  const args = ["-nostdin", "-v", "error", "-i", `file:${path}`, "-map", "0:V:0", "-fps_mode", "passthrough"];
  const { stdout } = await run("ffmpeg", [...args, "-pix_fmt", "rgb24", "-f", "framemd5", "-"], { maxBuffer: 1e8 });
  return [...stdout.matchAll(/^\d.*,\s*(\w{32})$/gm)].map(([, sum = ""]) => sum);
}

export function md5(data: Uint8Array): string {
  return createHash("md5").update(data).digest("hex");
}

/** Waits until no process `pid` is left; false after two seconds. */
export async function isGone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resume) => setTimeout(resume, 20));
  }
  return false;
}
