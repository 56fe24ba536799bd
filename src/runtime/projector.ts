import { PROJECTOR } from "#model/family.ts";
import type { MergedGroup } from "./merger.ts";
import type { MergedMedium } from "./sequence.ts";
import { floats, floatsOf, type GraphSession } from "./session.ts";

/** Projects the tokens that merging left, those of all media in one run of the graph: [tokens, channels] of a group -> [tokens, hidden]. */
export async function projectMedia(media: readonly MergedMedium[], session: GraphSession): Promise<MergedMedium[]> {
  const groups = media.flatMap((medium) => medium.groups);
  const tokens = groups.reduce((sum, { positions }) => sum + positions.length, 0);
  if (tokens === 0) return [...media];
  const values = joined(groups);
  const results = await session.run({ [PROJECTOR.tokens]: floats(values, [tokens, values.length / tokens]) });
  const projected = floatsOf(results, PROJECTOR.projected); // [tokens, hidden]
  const hidden = projected.length / tokens;
  let first = 0;
  const project = (group: MergedGroup): MergedGroup => {
    const start = first;
    first += group.positions.length;
    return { ...group, values: projected.subarray(start * hidden, first * hidden) };
  };
  return media.map((medium) => ({ ...medium, groups: medium.groups.map(project) }));
}

function joined(groups: readonly MergedGroup[]): Float32Array {
  const values = new Float32Array(groups.reduce((sum, group) => sum + group.values.length, 0));
  let end = 0;
  for (const group of groups) {
    values.set(group.values, end);
    end += group.values.length;
  }
  return values;
}
