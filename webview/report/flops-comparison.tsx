import { axisY, barX, type PlotOptions, text } from "@observablehq/plot";
import type { VNode } from "preact";
import { useCallback } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { Chart } from "../ui/chart.tsx";
import { conventions } from "./run-model.ts";

/** This run beside the same run without merging and pruning, under both conventions. */
export function FlopsComparison({ record }: { record: RunRecord }): VNode {
  const rows = conventions(record);
  return (
    <table class="comparison">
      <thead>
        <tr>
          <th scope="col">convention</th>
          <th scope="col">this run</th>
          <th scope="col">full</th>
          <th scope="col">fewer</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">
              {row.name}
              <span class="detail">{row.counts}</span>
            </th>
            <td>{row.run}</td>
            <td>{row.full}</td>
            <td>{row.ratio}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
