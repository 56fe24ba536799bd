import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { type NumberedRun, runTitle } from "./model.ts";
import { RunMark } from "./run-mark.tsx";
import { settingRows } from "./settings-rows.ts";

/** The settings that differ, and in a line those that do not. */
export function SettingsTable({ runs }: { runs: readonly NumberedRun[] }): VNode {
  const { differing, same } = useMemo(() => settingRows(runs.map(({ record }) => record)), [runs]);
  return (
    <section class="figure compare-settings" aria-label="Settings">
      <h3>{differing.length > 0 ? "Settings that differ" : "All settings are the same"}</h3>
      {differing.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section class="table-scroll" tabIndex={0} aria-label="Settings that differ, table">
          <table>
            <thead>
              <tr>
                <td />
                {runs.map((run) => (
                  <th key={run.number} scope="col">
                    <RunMark number={run.number} /> {runTitle(run)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {differing.map(({ name, values }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {values.map((value, index) => (
                    <td key={index} class={value === values[0] ? "" : "differs"}>
                      {value || "–"}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <p class="note">
        The same in all: {same.map(({ name, value }) => `${name} ${value}`.replaceAll(" ", "\u00a0")).join(", ")}.
      </p>
    </section>
  );
}
