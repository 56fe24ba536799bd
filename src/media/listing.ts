import { AimError } from "#core/errors.ts";
import { probe } from "./ffprobe.ts";
import type { MediaFile } from "./file.ts";
import type { Limits } from "./leash.ts";
import type { Tools } from "./tools.ts";

/** What ffprobe says of the video stream and of its packets or its decoded frames. Absent numbers are NaN. */
export interface Listing {
  readonly codec: string;
  /** As coded: before any rotation. */
  readonly width: number;
  readonly height: number;
  /** Degrees. */
  readonly rotation: number;
  /** Seconds per tick of `pts`, as a fraction. */
  readonly timeBase: { readonly numerator: number; readonly denominator: number };
  /** Of the file, all its streams together. */
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly isEncrypted: boolean;
  /** Presentation times in ticks, in the order of the file (packets) or of presentation (frames). */
  readonly pts: readonly number[];
  /** For packets, beside `pts`: 1 for those that decoding can start at. */
  readonly isKey: readonly number[];
  /** What ffprobe complained about, "" if nothing. */
  readonly complaints: string;
}

/** 46 hours at 60 frames a second. */
const MAX_ENTRIES = 10_000_000;

const STREAM = "format=duration,start_time:stream=codec_name,width,height,time_base:stream_side_data=rotation";

/**
 * Reads the packets (fast: nothing is decoded) or the decoded frames of a video.
 *
 * Throws as `probe` does, and `invalid-media` without a video stream or with more than MAX_ENTRIES frames.
 */
export async function listVideo(
  tools: Tools,
  file: MediaFile,
  what: "packets" | "frames",
  limits: Limits,
): Promise<Listing> {
  const entries =
    what === "packets" ? "packet=pts,flags:packet_side_data=side_data_type" : "frame=best_effort_timestamp";
  const pts: number[] = [];
  const isKey: number[] = [];
  const header = new Map<string, string>();
  let isEncrypted = false;

  const onLine = (line: string) => {
    const [section = ""] = line.split("|", 1);
    const fields = fieldsOf(line);
    if (section === "stream" || section === "format") for (const [key, value] of fields) header.set(key, value);
    if (section !== "packet" && section !== "frame") return;
    const flags = fields.get("flags") ?? "";
    isEncrypted ||= line.includes("Encryption");
    // Packets flagged D are decoded but never shown: an edit list starts behind them.
    if (flags.includes("D")) return;
    pts.push(Number(fields.get("pts") ?? fields.get("best_effort_timestamp")));
    isKey.push(flags.includes("K") ? 1 : 0);
    if (pts.length > MAX_ENTRIES)
      throw new AimError("invalid-media", `${file.name} has more than ${MAX_ENTRIES} frames`);
  };
  const complaints = await probe(tools, file, `${STREAM}:${entries}`, { ...limits, onLine });

  const codec = header.get("codec_name");
  if (codec === undefined)
    throw new AimError("invalid-media", `${file.name} holds no video`, { hint: "is it a sound file?" });
  const [numerator = 0, denominator = 1] = (header.get("time_base") ?? "").split("/").map(Number);
  const number = (key: string) => Number(header.get(key) ?? Number.NaN);
  return {
    codec,
    width: number("width"),
    height: number("height"),
    rotation: number("rotation") || 0,
    timeBase: { numerator, denominator },
    startSeconds: number("start_time"),
    durationSeconds: number("duration"),
    isEncrypted,
    pts,
    isKey,
    complaints,
  };
}

/** `packet|pts=0|flags=K_` as a map. Newer versions put `side_datum/...:` before the names of nested fields. */
function fieldsOf(line: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const field of line.split("|").slice(1)) {
    const [name = "", value] = field.split("=", 2);
    if (value !== undefined) fields.set(name.slice(name.lastIndexOf(":") + 1), value);
  }
  return fields;
}
