import type { VNode } from "preact";
import type { ViewProps } from "../ui/view.ts";
import { Overview } from "./overview.tsx";

/** The overview of the run that is looked at. */
export function OverviewView({ run }: ViewProps): VNode {
  return <Overview record={run.record} />;
}
