import { methodOf } from "#core/methods.ts";
import { seededRandom } from "#core/random.ts";
import type { RunSettings } from "#core/settings.ts";
import type { EncodedMedium } from "./encoder.ts";
import { mergeGroups } from "./merger.ts";
import type { ModelSessions } from "./model-sessions.ts";
import { projectMedia } from "./projector.ts";
import type { RunContext } from "./run-context.ts";
import type { MergedMedium } from "./sequence.ts";
import type { Stopwatch } from "./stopwatch.ts";

export interface MergeMediaContext {
  readonly sessions: ModelSessions;
  readonly settings: Pick<RunSettings, "method" | "merge" | "seed">;
  readonly watch: Stopwatch;
  readonly context: RunContext;
}

/**
 * Reduces the tokens of media as the method does it, and projects them where a family does that after it, which counts as merging: what it takes depends on
 * how much is left. Throws what loading and running the graphs throws.
 */
export async function mergeMedia(
  encoded: readonly EncodedMedium[],
  { sessions, settings, watch, context }: MergeMediaContext,
): Promise<MergedMedium[]> {
  const loadSession = () => sessions.merge();
  if (encoded.length > 0 && settings.merge.retention < 1) await watch.time("load", loadSession);
  const random = seededRandom(settings.seed);
  const merging = { merger: methodOf(settings.method).merger, settings: settings.merge, random, loadSession };
  const media: MergedMedium[] = [];
  await watch.time("merge", async () => {
    for (const { kind, layout } of encoded) {
      media.push({ kind, groups: await mergeGroups(layout.groups, merging), end: layout.end });
    }
  });
  if (media.length === 0) return media;
  const projector = await watch.time("load", () => sessions.projector(context));
  return projector ? await watch.time("merge", () => projectMedia(media, projector)) : media;
}
