import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { formatNumber, formatShare } from "#core/units.ts";
import { Dropdown } from "../ui/controls.tsx";
import { Figure } from "../ui/figure.tsx";
import { isOneOf, usePersisted } from "../ui/persisted.ts";
import { frameLabel } from "../ui/token-info.ts";
import { frameIds } from "../ui/token-picture.ts";
import { SimilarityChart, SizeChart } from "./charts.tsx";
import { type Groups, type MergedFrame, sizeCounts, sizesOf } from "./groups.ts";
import { stepText } from "./model.ts";
import { cutOf, joinSimilarities, mergedShare, similarityBins, stepSimilarity } from "./similarity.ts";

interface DistributionsProps {
  readonly frames: readonly MergedFrame[];
  readonly groups: Groups;
  readonly step: number;
  /** How many steps are known; 0 if only their result is. */
  readonly steps: number;
}

const ALL = "all";

/** How similar the tokens of a step are, and how large the groups are that it leaves: in all frames, or in one. */
export function Distributions({ frames, groups, step, steps }: DistributionsProps): VNode {
  const choices = useMemo(
    () => [
      { value: ALL, label: "all frames" },
      ...frames.map(({ frame }, index) => ({ value: String(index), label: frameLabel(frame) })),
    ],
    [frames],
  );
  const isFrame = useMemo(() => isOneOf(choices.map(({ value }) => value)), [choices]);
  const [chosen, choose] = usePersisted("merging.frame", ALL, isFrame);
  const taken = useMemo(() => (chosen === ALL ? frames : frames.slice(Number(chosen)).slice(0, 1)), [frames, chosen]);
  const counts = useMemo(() => {
    const [only] = taken;
    if (chosen === ALL || !only) return sizeCounts(groups.sizes);
    return sizeCounts(sizesOf(frameIds(only.frame, groups.ids), groups.sizes.length));
  }, [taken, chosen, groups]);
  return (
    <>
      {frames.length > 1 && (
        <div class="control-row">
          <Dropdown label="Count over" value={chosen} choices={choices} onChange={choose} />
        </div>
      )}
      <div class="merging-charts">
        {steps > 0 && <Similarity frames={taken} step={Math.max(1, step)} steps={steps} />}
        <Figure
          name={`group-sizes-step-${step}`}
          title={`Patches in a token, ${stepText(step, steps)}`}
          note="How many tokens there are that stand for one patch, for two, and so on."
        >
          <SizeChart counts={counts} />
        </Figure>
      </div>
    </>
  );
}

interface SimilarityProps {
  readonly frames: readonly MergedFrame[];
  /** Counted from 1. */
  readonly step: number;
  readonly steps: number;
}

function Similarity({ frames, step, steps }: SimilarityProps): VNode {
  const { bins, cut, share } = useMemo(() => {
    const taken = frames.flatMap(({ steps: made }) => made[step - 1] ?? []);
    const all = joinSimilarities(taken.map(stepSimilarity));
    return { bins: similarityBins(all), cut: cutOf(all), share: mergedShare(all) };
  }, [frames, step]);
  const least = cut === undefined ? "" : `; the cut is the least similar pair that did, at ${formatNumber(cut)}`;
  return (
    <Figure
      name={`similarity-step-${step}`}
      title={`Similarity in step ${step} of ${steps}`}
      note={`Every second token is compared with the others of its frame. ${formatShare(share)} of those compared merged${least}.`}
    >
      <SimilarityChart bins={bins} cut={cut} />
    </Figure>
  );
}
