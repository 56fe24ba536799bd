// Not through fluent-ffmpeg, whose ffprobe call can be neither stopped nor read as it goes.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { throwIfCancelled } from "#core/errors.ts";
import type { MediaFile } from "./file.ts";
import { GUARD, inputName, undecodable } from "./input.ts";
import { Leash, type Limits } from "./leash.ts";
import { checkPixels } from "./limits.ts";
import type { Tools } from "./tools.ts";

/** Characters of ffprobe's complaints that are kept. */
const MAX_COMPLAINTS = 4096;

/**
 * Runs ffprobe on the first video stream that is not a cover picture and gives `onLine` what it prints in its `compact`
 * form, line by line. `entries` is the value of its option -show_entries. Resolves to what it complained about, "" if nothing.
 *
 * Throws `invalid-media` if ffprobe fails or meets frames above MAX_PIXELS, `missing-tool` if it does not start, `cancelled`,
 * and `io` when it stalls.
 */
export async function probe(
  tools: Tools,
  file: MediaFile,
  entries: string,
  limits: Limits & { onLine: (line: string) => void },
): Promise<string> {
  throwIfCancelled(limits.signal);
  const args = ["-v", "error", ...GUARD, "-select_streams", "V:0", "-show_entries", entries, "-of", "compact"];
  // ffprobe has no option -nostdin: it gets no stdin.
  const child = spawn(tools.ffprobe, [...args, "-i", inputName(file)], {
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const ended = once(child, "close");
  ended.catch(() => {});
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(0, MAX_COMPLAINTS);
  });
  const leash = new Leash(() => child.kill("SIGKILL"), limits);
  try {
    const chunks: AsyncIterator<string> = child.stdout.setEncoding("utf8")[Symbol.asyncIterator]();
    let rest = "";
    for (let chunk = await leash.wait(chunks.next()); !chunk.done; chunk = await leash.wait(chunks.next())) {
      const lines = (rest + chunk.value).split(/\r?\n/);
      rest = lines.pop() ?? "";
      lines.forEach(limits.onLine);
    }
    const [exitCode] = await leash.wait(ended);
    // A frame above the limit of GUARD has no size in the listing; only this message tells it.
    const [, width, height] = /Picture size (\d+)x(\d+)/.exec(complaints) ?? [];
    if (width && height) checkPixels(file.name, Number(width), Number(height));
    if (exitCode !== 0) throw new Error(`ffprobe ended with ${exitCode}: ${complaints}`);
    return complaints;
  } catch (cause) {
    throw undecodable(file, cause);
  } finally {
    leash.release();
  }
}
