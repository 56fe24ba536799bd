// The only file that knows fluent-ffmpeg, which is archived upstream: to replace it, change `ffmpegCommand` and `decode`.

import { on } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import Ffmpeg from "fluent-ffmpeg";
import { throwIfCancelled } from "#core/errors.ts";
import type { MediaFile } from "./file.ts";
import type { RgbImage } from "./image.ts";
import { GUARD, inputName, undecodable } from "./input.ts";
import { Leash, type Limits } from "./leash.ts";
import type { Tools } from "./tools.ts";

/** What to decode: the frames that `select` (an expression of ffmpeg's filter of that name) lets pass, at most `count`. */
export interface DecodeRequest {
  readonly select: string;
  readonly count: number;
  /** Where to start, in the file's own presentation time: at the key frame before it. From the start if absent. */
  readonly seekSeconds?: number | undefined;
}

/** One frame, upright, with its presentation time in the stream's time base; NaN if the stream has none. */
export interface DecodedFrame {
  readonly pts: number;
  readonly image: RgbImage;
}

/**
 * Decodes frames with ffmpeg in presentation order, one at a time: ffmpeg waits while the caller works, and is ended when
 * the caller stops, cancels or fails. May end before `count` frames.
 *
 * Throws `invalid-media` if ffmpeg fails, `missing-tool` if it does not start, `cancelled`, and `io` when it stalls.
 */
export async function* decode(
  tools: Tools,
  file: MediaFile,
  request: DecodeRequest,
  limits: Limits,
): AsyncGenerator<DecodedFrame, void, void> {
  throwIfCancelled(limits.signal);
  const command = ffmpegCommand(tools, file, request);
  let isOver = false;
  const leash = new Leash(() => {
    isOver = true;
    command.kill("SIGKILL");
  }, limits);
  // fluent-ffmpeg starts the process some turns later, when nobody may want it any more.
  command.on("start", () => isOver && command.kill("SIGKILL"));
  try {
    const stamps = readStamps(on(command, "stderr", { close: ["end"] }));
    // Told not to emit "close": fluent-ffmpeg takes that for a caller who left, and races with the end of the process.
    const output = new PassThrough({ emitClose: false });
    const take = takeFrom(output);
    command.pipe(output);
    for (let done = 0; done < request.count; done += 1) {
      const stamp = await leash.wait(stamps.next());
      const image = stamp.done ? undefined : await leash.wait(readPpm(take));
      if (stamp.done || image === undefined) return;
      yield { pts: stamp.value, image };
    }
  } catch (cause) {
    throw undecodable(file, cause);
  } finally {
    leash.release();
  }
}

/** The times of the frames that `select` lets pass: the filter showinfo writes a line for each, just before it is written itself. */
async function* readStamps(lines: AsyncIterable<unknown[]>): AsyncGenerator<number, void, void> {
  for await (const [line] of lines) {
    const match = /\bn: *\d+ pts: *(\S+) +pts_time:/.exec(String(line));
    if (match) yield Number(match[1]);
  }
}

/** Gives the next `size` bytes of a stream, undefined if it ends before. */
type Take = (size: number) => Promise<Uint8Array | undefined>;

function takeFrom(stream: Readable): Take {
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  return async (size) => {
    const bytes = new Uint8Array(size);
    for (let filled = 0; filled < size; ) {
      if (rest.length === 0) {
        const chunk = await chunks.next();
        if (chunk.done) return undefined;
        rest = chunk.value;
      }
      const part = rest.subarray(0, size - filled);
      bytes.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
    }
    return bytes;
  };
}

/** Reads a binary PPM, `P6 width height 255` and pixels: it tells its own size, which may change within a video. */
async function readPpm(take: Take): Promise<RgbImage | undefined> {
  let header = "";
  while (header.split("\n").length < 4) {
    const byte = await take(1);
    if (byte === undefined) return undefined;
    header += String.fromCharCode(...byte);
  }
  const [, width = 0, height = 0] = /^P6\n(\d+) (\d+)\n255\n$/.exec(header)?.map(Number) ?? [];
  const data = await take(width * height * 3);
  return data && { width, height, data };
}

function ffmpegCommand(tools: Tools, file: MediaFile, { select, count, seekSeconds }: DecodeRequest) {
  const seek =
    seekSeconds === undefined ? [] : ["-seek_timestamp", "1", "-ss", seekSeconds.toFixed(6), "-noaccurate_seek"];
  const command = adapted(Ffmpeg(inputName(file)), tools.ffmpeg);
  // Failures reach the reader of the lines; without any listener they would end this process.
  command.on("error", () => {});
  return command
    .inputOptions("-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", ...GUARD, ...seek, "-copyts")
    .outputOptions("-map", "0:V:0", "-vf", `select='${select}',showinfo`, "-frames:v", String(count))
    .outputOptions(...tools.passthrough, "-c:v", "ppm", "-pix_fmt", "rgb24", "-f", "image2pipe");
}

type EndCallback = (error: Error | null, stdout?: LineRing, stderr?: LineRing) => void;

interface LineRing {
  get(): string;
}

interface Internals {
  _spawnFfmpeg(args: string[], options: object, onStart: unknown, onEnd: EndCallback): void;
}

/**
 * Steps around three faults of fluent-ffmpeg: it asks ffmpeg for its formats and encoders before each command and cannot
 * read the answer of ffmpeg 7 and later; it keeps the path of ffmpeg in a variable that all commands share; and when the
 * process cannot be started it reads output that is not there.
 */
function adapted(command: Ffmpeg.FfmpegCommand, path: string): Ffmpeg.FfmpegCommand {
  const { _spawnFfmpeg } = command as unknown as Internals;
  const nothing: LineRing = { get: () => "" };
  return Object.assign(command, {
    availableFormats: (done: (error: null, formats: object) => void) => done(null, { image2pipe: { canMux: true } }),
    availableEncoders: (done: (error: null, encoders: object) => void) => done(null, {}),
    _getFfmpegPath: (done: (error: null, path: string) => void) => done(null, path),
    _spawnFfmpeg: (args: string[], options: object, onStart: unknown, onEnd: EndCallback) =>
      _spawnFfmpeg.call(command, args, options, onStart, (error, stdout = nothing, stderr = nothing) =>
        onEnd(error, stdout, stderr),
      ),
  });
}
