import { AimError, throwIfCancelled } from "#core/errors.ts";
import { NUMBER_RULES } from "#core/settings.ts";
import { type DecodeRequest, decode } from "./ffmpeg.ts";
import { checkMediaFile, type MediaFile } from "./file.ts";
import { countFrames, type FrameTable, patienceMs, readFrameTable } from "./frametable.ts";
import type { RgbImage } from "./image.ts";
import { framesBetween, uniformIndices } from "./sampling.ts";
import { planSegments, type Segment } from "./segments.ts";
import { findTools, type Tools } from "./tools.ts";

export interface VideoInfo {
  /** Upright: after the rotation that the file asks for. Pixels are taken as square, as the base models do. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly durationSeconds: number;
  /** [frames] Presentation time of each frame in seconds from the start of the file, ascending. */
  readonly frameTimes: Float64Array;
}

export interface VideoFrame {
  /** In presentation order among all frames of the file, from 0. */
  readonly index: number;
  readonly timeSeconds: number;
  readonly image: RgbImage;
}

export interface VideoOptions {
  /** Else the environment variable AIM_FFMPEG, else PATH. */
  readonly ffmpegPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FrameOptions extends VideoOptions {
  /** How many frames to take. */
  readonly frames: number;
  /** Seconds from the start of the file; frames are taken among those shown in [start, end]. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What starting ffmpeg and seeking costs, as pixels that it could decode meanwhile; measured in docs/media.md. */
const START_COST_PIXELS = 50e6;

/**
 * Lists the frames of an mp4, mov, mkv, webm, avi or GIF video, known by its content, whatever its name.
 *
 * Throws `not-found`, `invalid-media` (not a video, no frames, cut short, encrypted, too large, damaged), `missing-tool`,
 * `io` and `cancelled`.
 */
export async function openVideo(path: string, options: VideoOptions = {}): Promise<VideoInfo> {
  return infoOf((await open(path, options)).table);
}

/**
 * Takes `options.frames` frames at uniform indices, floor(linspace(first, last, frames)), among those shown in [start, end].
 *
 * `frames` decodes while it is read, in order, one frame at a time: a slow reader holds the decoder up, and leaving the loop
 * ends it. It can be read once. If there are fewer frames than asked for, indices repeat and the same frame object comes again.
 * `onProgress` is called as each is ready.
 *
 * Throws as openVideo does, and `invalid-argument` for a number out of range or a span without frames.
 */
export async function readFrames(
  path: string,
  options: FrameOptions,
): Promise<{ info: VideoInfo; frames: AsyncIterable<VideoFrame> }> {
  checkOptions(options);
  const video = await open(path, options);
  chooseIndices(video.table, options); // now rather than while decoding: a span without frames is the caller's mistake
  return { info: infoOf(video.table), frames: frameSequence(video, options) };
}

interface OpenVideo {
  readonly tools: Tools;
  readonly file: MediaFile;
  readonly table: FrameTable;
}

async function open(path: string, { ffmpegPath, signal }: VideoOptions): Promise<OpenVideo> {
  throwIfCancelled(signal);
  const file = await checkMediaFile(path, "video");
  const tools = await findTools(ffmpegPath);
  return { tools, file, table: await readFrameTable(tools, file, signal) };
}

function infoOf({ widthPx, heightPx, durationSeconds, times }: FrameTable): VideoInfo {
  return { widthPx, heightPx, durationSeconds, frameTimes: times };
}

async function* frameSequence(video: OpenVideo, options: FrameOptions): AsyncGenerator<VideoFrame, void, void> {
  let { table } = video;
  let indices = chooseIndices(table, options);
  let done = 0;
  for (;;) {
    const wanted = [...new Set(indices.slice(done))];
    for await (const frame of decodeAt({ ...video, table }, wanted, options.signal)) {
      while (indices[done] === frame.index) {
        done += 1;
        options.onProgress?.(done, indices.length);
        yield frame;
        throwIfCancelled(options.signal);
      }
    }
    if (done === indices.length) return;
    if (table.source === "decoding") throw unreachable(video.file, indices[done]);
    // The packets promised a frame that does not come out: count the frames that do, and go on with those.
    const pixels = table.widthPx * table.heightPx;
    table = await countFrames(video.tools, video.file, { pixels, isTimed: true, signal: options.signal });
    indices = chooseIndices(table, options);
  }
}

/** The frames at `wanted` (ascending, none twice); ends early at a frame that the decoder does not give. */
async function* decodeAt(
  { tools, file, table }: OpenVideo,
  wanted: readonly number[],
  signal: AbortSignal | undefined,
): AsyncGenerator<VideoFrame, void, void> {
  const { ticks, times } = table;
  const pixels = table.widthPx * table.heightPx;
  for (const segment of planSegments(table.isKey, wanted, START_COST_PIXELS / pixels)) {
    const span = (segment.wanted.at(-1) ?? 0) - segment.from + 1;
    const limits = { signal, patienceMs: patienceMs(span * pixels) };
    const left = [...segment.wanted];
    for await (const { pts, image } of decode(tools, file, requestFor(segment, table), limits)) {
      const index = left.shift() ?? 0;
      if (ticks && ticks[index] !== pts) return;
      yield { index, timeSeconds: times[index] ?? 0, image };
    }
    if (left.length > 0) return;
  }
}

/** Frames are named by their times where they have any, so that none is mistaken after a jump; else by counting. */
function requestFor({ from, wanted }: Segment, { ticks, secondsPerTick }: FrameTable): DecodeRequest {
  const count = wanted.length;
  if (ticks === undefined) return { select: wanted.map((index) => `eq(n,${index})`).join("+"), count };
  const pts = wanted.map((index) => ticks[index] ?? 0);
  // Should a wanted frame never come, the first one behind them all ends the run.
  const select = [...pts.map((tick) => `eq(pts,${tick})`), `gt(pts,${pts.at(-1)})`].join("+");
  const [key, first] = [ticks[from] ?? 0, pts[0] ?? 0];
  return {
    select,
    count,
    seekSeconds: from === 0 ? undefined : seekTarget(key * secondsPerTick, first * secondsPerTick),
  };
}

/**
 * The time to seek to for a key frame before a wanted one: a little behind it, because ffmpeg aims 3/23 s earlier in containers
 * that keep decoding times, but no further: in a fragmented mp4 it takes the next key frame once that is decoded, not shown.
 */
function seekTarget(keySeconds: number, wantedSeconds: number): number {
  return Math.min(keySeconds + 0.131, Math.max(keySeconds + 1e-6, wantedSeconds));
}

function chooseIndices({ times, durationSeconds }: FrameTable, { frames, start, end }: FrameOptions): number[] {
  const { first, count } = framesBetween(times, start ?? Number.NEGATIVE_INFINITY, end ?? Number.POSITIVE_INFINITY);
  if (count > 0) return uniformIndices(count, frames, first);
  throw new AimError("invalid-argument", `no frame is shown between ${start ?? 0} s and ${end ?? durationSeconds} s`, {
    hint: `the video is ${durationSeconds.toFixed(2)} s long and has ${times.length} frames`,
  });
}

function checkOptions({ frames, start, end }: FrameOptions): void {
  const { least, most } = NUMBER_RULES.frames;
  if (!Number.isInteger(frames) || frames < least || frames > most) {
    throw new AimError("invalid-argument", `frames must be a whole number from ${least} to ${most}, got ${frames}`);
  }
  for (const [name, seconds] of Object.entries({ start, end })) {
    if (seconds === undefined || (Number.isFinite(seconds) && seconds >= 0)) continue;
    throw new AimError("invalid-argument", `${name} must be seconds from 0 on, got ${seconds}`);
  }
  if ((start ?? 0) <= (end ?? Number.POSITIVE_INFINITY)) return;
  throw new AimError("invalid-argument", `start must not be after end, got ${start} s and ${end} s`);
}

function unreachable(file: MediaFile, index: number | undefined): AimError {
  return new AimError("invalid-media", `frame ${index} of ${file.name} cannot be decoded`, {
    hint: "the file is damaged there; convert it again, or choose another span with start and end",
  });
}
