import { AimError } from "./errors.ts";
import { isObject, list, object, text, unreadable, word } from "./json-reader.ts";
import type { MediaRecord, RunRecord } from "./record.ts";
import { compactRecord, recordFromJson } from "./record-codec.ts";

/** As many runs fit side by side and can be told apart. */
export const MOST_COMPARED = 6;

/** One of the runs of a comparison. */
export interface ComparedRun {
  /** What it was run with, for people. */
  readonly label: string;
  readonly record: RunRecord;
}

/** True for what comparisonToJson makes, as against a run record; what is in it is not looked at. */
export function isComparison(value: unknown): boolean {
  return isObject(value) && value.kind === "comparison";
}

/**
 * The runs as one JSON value, each compact within `limitBytes` (see compactRecord). The thumbnails of frames that the first run shows,
 * too, are left out of the others.
 */
export function comparisonToJson(runs: readonly ComparedRun[], limitBytes?: number): unknown {
  const [first] = runs;
  const slim = (record: RunRecord) =>
    first && record !== first.record && isSame(record.media, first.record.media)
      ? { ...record, media: withThumbnails(record.media, () => "") }
      : record;
  const compact = runs.map(({ label, record }) => ({ label, run: compactRecord(slim(record), limitBytes) }));
  return { kind: "comparison", version: 1, runs: compact };
}

const comparison = object({
  kind: word(["comparison"]),
  version: (value: unknown, path: string): 1 => {
    if (value !== 1) throw unreadable(path, "1, the version of comparisons that this program reads", value);
    return 1;
  },
  runs: list(object({ label: text, run: (value: unknown) => value })),
});

/**
 * Reads what comparisonToJson made, at least one run. Runs on the same frames as the first get its thumbnails back.
 *
 * Throws `invalid-argument` with the path of what is wrong.
 */
export function comparisonFromJson(value: unknown): readonly ComparedRun[] {
  const { runs } = comparison(value, "comparison");
  if (runs.length === 0) throw unreadable("comparison.runs", "at least one run", runs);
  const read = runs.map(({ label, run }) => ({ label, record: recordOf(run, label) }));
  const media = read[0]?.record.media ?? [];
  return read.map(({ label, record }) => ({ label, record: { ...record, media: restored(record.media, media) } }));
}

/** The runs of an output, be it one run or a comparison. Throws as recordFromJson and comparisonFromJson do. */
export function recordsFromJson(value: unknown): readonly RunRecord[] {
  return isComparison(value) ? comparisonFromJson(value).map(({ record }) => record) : [recordFromJson(value)];
}

function recordOf(run: unknown, label: string): RunRecord {
  try {
    return recordFromJson(run);
  } catch (cause) {
    if (!(cause instanceof AimError)) throw cause;
    throw new AimError(cause.code, `run ${JSON.stringify(label)}: ${cause.message}`, {
      ...(cause.hint !== undefined && { hint: cause.hint }),
      cause,
    });
  }
}

/** `media` with the thumbnails of `first` where it has none and the frames are the same. */
function restored(media: readonly MediaRecord[], first: readonly MediaRecord[]): readonly MediaRecord[] {
  const bare = (of: readonly MediaRecord[]) => withThumbnails(of, () => "");
  if (!isSame(bare(media), bare(first))) return media;
  return withThumbnails(media, (thumbnail, medium, frame) =>
    thumbnail === "" ? (first[medium]?.frames[frame]?.thumbnail ?? "") : thumbnail,
  );
}

function withThumbnails(
  media: readonly MediaRecord[],
  thumbnailOf: (thumbnail: string, medium: number, frame: number) => string,
): readonly MediaRecord[] {
  return media.map((medium, at) => ({
    ...medium,
    frames: medium.frames.map((frame, index) => ({ ...frame, thumbnail: thumbnailOf(frame.thumbnail, at, index) })),
  }));
}

const isSame = (a: readonly MediaRecord[], b: readonly MediaRecord[]) => JSON.stringify(a) === JSON.stringify(b);
