import { CompareView } from "../compare/view.tsx";
import { FlopsView } from "../flops/view.tsx";
import { HeatmapView } from "../heatmap/view.tsx";
import { MergingView } from "../merging/view.tsx";
import { OverviewView } from "../overview/view.tsx";
import { ScheduleView } from "../schedule/view.tsx";
import type { View } from "../ui/view.ts";

/** Every view of the analysis page, in the order of its tabs. To add one, add a line. */
export const VIEWS: readonly View[] = [
  {
    id: "compare",
    title: "Compare",
    component: CompareView,
    isAboutAll: true,
    isFor: ({ runs }) => runs.length > 1,
  },
  { id: "overview", title: "Overview", component: OverviewView, hasFigures: true },
  { id: "heatmap", title: "Heatmap", component: HeatmapView },
  { id: "merging", title: "Merging", component: MergingView },
  { id: "schedule", title: "Schedule", component: ScheduleView },
  { id: "flops", title: "FLOPs", component: FlopsView },
];
