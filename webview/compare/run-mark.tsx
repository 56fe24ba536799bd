import type { VNode } from "preact";

/** How the line of a run is dashed: colour is never the only way to tell. Of each, the lengths of lines and gaps in pixels. */
const DASHES = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2 1 2"] as const;

export const runColour = (number: number) => `var(--run-${number})`;
export const runDash = (number: number) => DASHES[number - 1] ?? "";

/** The number of a run on its colour. */
export function RunMark({ number }: { number: number }): VNode {
  return (
    <span class="run-mark" style={{ background: runColour(number) }} aria-hidden="true">
      {number}
    </span>
  );
}

/** The line of a run as in a chart. */
export function RunLine({ number }: { number: number }): VNode {
  return (
    <svg class="run-line" viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
      <line x1="1" x2="27" y1="4" y2="4" stroke={runColour(number)} stroke-dasharray={runDash(number)} />
    </svg>
  );
}
