import { spawn } from "node:child_process";
import path from "node:path";
import esbuild from "esbuild";

/** A process that downloads `lab/model`. */
export interface DownloadProcess {
  readonly pid: number;
  /** Resolves with the first progress, or when the process ends before. */
  readonly begun: Promise<unknown>;
  /** All that it said, once it has ended: `done`, or code, message and hint of an error. */
  readonly ended: Promise<string>;
}

const SCRIPT = `
import { downloadFiles } from "#library/hub/download.ts";
import { listRepository } from "#library/hub/listing.ts";
const [hubUrl, folder] = process.argv.slice(2);
let hasBegun = false;
const onProgress = () => { if (!hasBegun) console.log("begun"); hasBegun = true; };
try {
  const listing = await listRepository({ id: "lab/model", revision: "main" }, { hubUrl });
  await downloadFiles(listing, folder, { hubUrl, onProgress });
  console.log("done");
} catch (error) {
  console.log(error.code, error.message, error.hint);
}`;

/** Bundles the program of startDownload into `folder`, so that it starts in no time, and gives its path. */
export async function buildDownloader(folder: string): Promise<string> {
  const outfile = path.join(folder, "downloader.mjs");
  const stdin = { contents: SCRIPT, resolveDir: path.join(import.meta.dirname, "../../.."), loader: "ts" } as const;
  await esbuild.build({ stdin, outfile, bundle: true, platform: "node", format: "esm", logLevel: "warning" });
  return outfile;
}

/** Starts a download in a process of its own, which may write no file larger than `mostBytes`, in blocks of 512. */
export function startDownload(
  script: string,
  hubUrl: string,
  folder: string,
  { mostBytes, environment = {} }: { mostBytes?: number; environment?: Readonly<Record<string, string>> } = {},
): DownloadProcess {
  const node = [process.execPath, script, hubUrl, folder];
  const limited = ["sh", "-c", 'ulimit -f "$0"; exec "$@"', `${(mostBytes ?? 0) / 512}`, ...node];
  const [command = "", ...args] = mostBytes === undefined ? node : limited;
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...environment } });
  let said = "";
  const begun = new Promise((resolve) => {
    child.stdout.on("data", (data) => {
      said += data;
      resolve(undefined);
    });
    child.once("close", resolve);
  });
  const ended = new Promise<string>((resolve) => child.once("close", () => resolve(said)));
  return { pid: child.pid ?? 0, begun, ended };
}
