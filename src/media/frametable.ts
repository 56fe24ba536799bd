import { AimError } from "#core/errors.ts";
import { cutShort, type MediaFile } from "./file.ts";
import { checkPixels } from "./limits.ts";
import { type Listing, listVideo } from "./listing.ts";
import type { Tools } from "./tools.ts";

/** All frames of a video in presentation order. */
export interface FrameTable {
  /** Upright: after the rotation that the file asks for. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly durationSeconds: number;
  /** [frames] Presentation times in seconds from the start of the file, ascending, rounded to microseconds. */
  readonly times: Float64Array;
  /** [frames] The same as the stream counts them, none twice; absent if frames can only be told by counting while decoding. */
  readonly ticks: Float64Array | undefined;
  readonly secondsPerTick: number;
  /** [frames] 1 for frames that decoding can start at; shorter if it can start at no later ones. */
  readonly isKey: Uint8Array;
  /** Packets promise frames; decoding has shown them. */
  readonly source: "packets" | "decoding";
}

/**
 * Formats in which each packet is one frame, so that the packets alone tell how many frames there are and when each is shown.
 * The others have packets that show nothing (VP8, MPEG-4) or frames that build on all before them (GIF).
 */
const ONE_FRAME_A_PACKET = new Set(["h264", "hevc", "vp9", "av1", "mjpeg", "prores", "dnxhd"]);

const BASE_PATIENCE_MS = 30_000;
const SLOWEST_PIXELS_PER_MS = 10_000;

/** How long ffmpeg may take over so many pixels: real decoders are ten times as fast, on slow machines too. */
export function patienceMs(pixels: number): number {
  return BASE_PATIENCE_MS + pixels / SLOWEST_PIXELS_PER_MS;
}

/**
 * Lists the frames of a video: by reading its packets where they are reliable, else by decoding all of it once.
 *
 * Throws `invalid-media` for a file without frames, encrypted, cut short, with frames above MAX_PIXELS or not decodable.
 */
export async function readFrameTable(
  tools: Tools,
  file: MediaFile,
  signal: AbortSignal | undefined,
): Promise<FrameTable> {
  const listing = await listVideo(tools, file, "packets", { signal, patienceMs: patienceMs(0) });
  checkPixels(file.name, listing.width, listing.height);
  if (listing.isEncrypted) {
    throw new AimError("invalid-media", `${file.name} is encrypted`, { hint: "use a copy without copy protection" });
  }
  if (isCutShort(listing)) throw cutShort(file.name, new Error(listing.complaints));
  const sorted = inPresentationOrder(listing);
  if (ONE_FRAME_A_PACKET.has(listing.codec) && isAscending(sorted.pts)) return frameTable(file, sorted, "packets");
  return countFrames(tools, file, {
    pixels: listing.width * listing.height,
    isTimed: !sorted.pts.some(Number.isNaN),
    signal,
  });
}

/**
 * Lists the frames of a video by decoding all of it, which is exact whatever its packets say. `pixels` is the size of a frame,
 * `isTimed` says that all packets have a time: without, ffmpeg and ffprobe may guess differently.
 *
 * Throws as readFrameTable does.
 */
export async function countFrames(
  tools: Tools,
  file: MediaFile,
  options: { pixels: number; isTimed: boolean; signal: AbortSignal | undefined },
): Promise<FrameTable> {
  // ffprobe writes its lines in blocks of about a hundred.
  const limits = { signal: options.signal, patienceMs: patienceMs(200 * options.pixels) };
  const listing = await listVideo(tools, file, "frames", limits);
  const table = frameTable(file, { ...listing, isKey: [1] }, "decoding");
  return options.isTimed ? table : { ...table, ticks: undefined };
}

function frameTable(file: MediaFile, listing: Listing, source: FrameTable["source"]): FrameTable {
  const ticks = Float64Array.from(listing.pts);
  const length = ticks.length;
  if (length === 0) {
    throw new AimError("invalid-media", `${file.name} holds no frames`, { hint: "record or convert it again" });
  }
  const { numerator, denominator } = listing.timeBase;
  const start = listing.startSeconds || 0;
  const times = ticks.map((tick) => Math.round(((tick * numerator) / denominator - start) * 1e6) / 1e6);
  const span = ((times.at(-1) ?? 0) * length) / Math.max(1, length - 1);
  const durationSeconds = listing.durationSeconds > 0 ? listing.durationSeconds : span || 0;
  const isSideways = Math.round(Math.abs(listing.rotation)) % 180 === 90;
  return {
    widthPx: isSideways ? listing.height : listing.width,
    heightPx: isSideways ? listing.width : listing.height,
    durationSeconds,
    // A stream that has no times at all is taken to be evenly spaced.
    times: times.some(Number.isNaN) ? times.map((_, i) => (i * durationSeconds) / length) : times,
    ticks: isAscending(listing.pts) ? ticks : undefined,
    secondsPerTick: numerator / denominator,
    isKey: Uint8Array.from(listing.isKey),
    source,
  };
}

function inPresentationOrder(listing: Listing): Listing {
  const { pts, isKey } = listing;
  const order = Array.from(pts.keys()).sort((a, b) => (pts[a] ?? 0) - (pts[b] ?? 0));
  return { ...listing, pts: order.map((i) => pts[i] ?? Number.NaN), isKey: order.map((i) => isKey[i] ?? 0) };
}

/** False if any is NaN or comes twice. */
function isAscending(values: readonly number[]): boolean {
  return values.every((value, i) => (i === 0 ? !Number.isNaN(value) : value > (values[i - 1] ?? Number.NaN)));
}

/** A sound track may well be longer than the pictures, so that alone proves nothing: ffprobe must have complained too. */
function isCutShort({ pts, timeBase, startSeconds, durationSeconds, complaints }: Listing): boolean {
  const last = pts.reduce((latest, tick) => Math.max(latest, tick), Number.NEGATIVE_INFINITY);
  const missing = startSeconds + durationSeconds - (last * timeBase.numerator) / timeBase.denominator;
  return complaints !== "" && missing > Math.max(1, 0.02 * durationSeconds);
}
