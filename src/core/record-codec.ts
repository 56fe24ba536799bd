import { packBytes, packFloats, packWhole } from "./packed-array.ts";
import type { MediaRecord, MergeStep, RunRecord } from "./record.ts";
import { runRecord } from "./record-reader.ts";

/** Packs the typed arrays of `record`, exactly but for the similarities of merge steps, of which packBytes keeps eight bits; everything else is JSON already. */
export function recordToJson(record: RunRecord): unknown {
  const { merging, visual } = record;
  return {
    ...record,
    visual: {
      ...visual,
      mergedInto: packWhole(visual.mergedInto),
      lastLayer: packWhole(visual.lastLayer),
      importance: packFloats(visual.importance),
    },
    ...(merging && { merging: merging.map((steps) => steps.map(packStep)) }),
  };
}

const packStep = ({ rows, similarity }: MergeStep) => ({ rows: packWhole(rows), similarity: packBytes(similarity) });

/** Reads what recordToJson or compactRecord made. Throws `invalid-argument` with the path of what is wrong. */
export function recordFromJson(value: unknown): RunRecord {
  return runRecord(value, "record");
}

/**
 * The JSON of `record` for where space is short, such as a notebook output. It stays whole if it takes at most `limitBytes` of UTF-8; else
 * the merge steps are left out, then importance, then every second thumbnail, then three of four and so on, then all. A merge map that alone is larger than the
 * limit (far more than 32 frames) stays, because without it there is nothing to draw.
 */
export function compactRecord(record: RunRecord, limitBytes = 60_000): unknown {
  const fits = (json: unknown) => new TextEncoder().encode(JSON.stringify(json)).length <= limitBytes;
  const all = recordToJson(record);
  if (fits(all)) return all;
  const { merging: _, ...rest } = record;
  const withoutSteps = recordToJson(rest);
  if (fits(withoutSteps)) return withoutSteps;

  const visual = { ...record.visual, importanceLayers: [], importance: new Float32Array(0) };
  const withThumbnails = (isKept: (index: number) => boolean) =>
    recordToJson({ ...rest, visual, media: rest.media.map((medium) => keepThumbnails(medium, isKept)) });
  const mostFrames = Math.max(0, ...record.media.map((medium) => medium.frames.length));
  for (let stride = 1; stride <= mostFrames; stride *= 2) {
    const json = withThumbnails((index) => index % stride === 0);
    if (fits(json)) return json;
  }
  return withThumbnails(() => false);
}

function keepThumbnails(medium: MediaRecord, isKept: (index: number) => boolean): MediaRecord {
  const frames = medium.frames.map((frame, index) => (isKept(index) ? frame : { ...frame, thumbnail: "" }));
  return { ...medium, frames };
}
