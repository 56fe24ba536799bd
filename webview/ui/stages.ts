import { type CostReport, STAGES, type Stage } from "#core/cost/report.ts";
import type { StageTimes } from "#core/record.ts";
import { formatFlops, formatMs, formatShare } from "#core/units.ts";

/** A piece of a stacked bar. Colours are CSS variables: grey for seeing, orange for what AIM adds, blue for the language model. */
export interface Segment {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly share: string;
  readonly colour: string;
}

/** The name and colour of each stage that FLOPs are counted for. */
export const FLOPS_STAGES: Readonly<Record<Stage, { readonly label: string; readonly colour: string }>> = {
  vision: { label: "vision tower", colour: "var(--seeing-1)" },
  projector: { label: "projector", colour: "var(--seeing-2)" },
  pooling: { label: "pooling", colour: "var(--seeing-3)" },
  merge: { label: "merging", colour: "var(--reducing-1)" },
  prefill: { label: "LLM prefill", colour: "var(--language-1)" },
  ranking: { label: "ranking", colour: "var(--reducing-2)" },
  lmHead: { label: "LM head", colour: "var(--language-2)" },
  decode: { label: "decoding", colour: "var(--language-3)" },
};

/** FLOPs by stage under convention `exact`, in the order in which the stages run, without those that cost nothing. */
export function flopsSegments(cost: CostReport): readonly Segment[] {
  const { stages, tflops } = cost.exact;
  return STAGES.filter((stage) => stages[stage] > 0).map((stage) => {
    const value = stages[stage];
    return { ...FLOPS_STAGES[stage], value, text: formatFlops(value), share: formatSmallShare(value / tflops) };
  });
}

/** Wall time by stage in milliseconds; what no stage accounts for is `other`, which falls before decoding. */
export function timeSegments(times: StageTimes): readonly Segment[] {
  const { load, media, vision, merge, prefill, decode, total } = times;
  const other = Math.max(0, total - load - media - vision - merge - prefill - decode);
  const stages = [
    { label: "loading the model", value: load, colour: "var(--seeing-3)" },
    { label: "reading media", value: media, colour: "var(--seeing-2)" },
    { label: "vision tower", value: vision, colour: "var(--seeing-1)" },
    { label: "merging", value: merge, colour: "var(--reducing-1)" },
    { label: "LLM prefill", value: prefill, colour: "var(--language-1)" },
    { label: "other", value: other, colour: "var(--seeing-3)" },
    { label: "decoding", value: decode, colour: "var(--language-3)" },
  ];
  return stages
    .filter(({ value }) => value >= total / 1000)
    .map((stage) => ({ ...stage, text: formatMs(stage.value), share: formatSmallShare(stage.value / total) }));
}

/** `73%`, `2.1%`, `<0.1%`: a share of a whole. */
export function formatSmallShare(share: number): string {
  return share < 0.001 ? "<0.1%" : formatShare(Number(share.toFixed(share < 0.1 ? 3 : 2)));
}
