import type { ComponentType } from "preact";
import type { RunRecord } from "#core/record.ts";

/** A run as views get it. */
export interface ShownRun {
  readonly record: RunRecord;
  /** The user's name for it, else what sets it apart from others of its question. */
  readonly name: string;
  /** True if an open notebook has a cell that shows it. */
  readonly hasCell: boolean;
  /** True if its question can be asked again. */
  readonly canReplay: boolean;
}

export interface ViewProps {
  /** The run that is looked at, one of `runs`. */
  readonly run: ShownRun;
  /** All that the page shows, at least one. */
  readonly runs: readonly ShownRun[];
}

/** One way to look at runs. To add one, write a folder and a line in analysis/views.ts. */
export interface View {
  /** Names it where the state of a page is kept. */
  readonly id: string;
  readonly title: string;
  readonly component: ComponentType<ViewProps>;
  /** True where it says itself what the head of the page would say of tokens, FLOPs and time. */
  readonly hasFigures?: boolean;
  /** True where it shows all runs of the page rather than one. */
  readonly isAboutAll?: boolean;
  /** False where it would have nothing to show; the page then leaves it out. Default: always true. */
  readonly isFor?: (props: ViewProps) => boolean;
}
