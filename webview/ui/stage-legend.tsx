import type { VNode } from "preact";
import type { Segment } from "./stages.ts";

/** A table that names every piece of a bar: colour is never the only way to tell. */
export function StageLegend({ label, segments }: { label: string; segments: readonly Segment[] }): VNode {
  return (
    <table class="legend">
      <caption class="unseen">{label}</caption>
      <tbody>
        {segments.map((segment) => (
          <tr key={segment.label}>
            <th scope="row">
              <span class="swatch" style={{ background: segment.colour }} />
              {segment.label}
            </th>
            <td>{segment.text}</td>
            <td class="share">{segment.share}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
