import type { VNode } from "preact";
import { Saveable } from "./saveable.tsx";
import { type Table, tableCsv, tableJson } from "./table.ts";

interface DataTableProps {
  /** What its files are called, without extension. */
  readonly name: string;
  readonly title: string;
  readonly table: Table;
}

const KINDS = ["csv", "json"] as const;

/** A table that the user can save as CSV or JSON. The first column heads its row. */
export function DataTable({ name, title, table }: DataTableProps): VNode {
  const { columns, rows } = table;
  const contentOf = (kind: (typeof KINDS)[number]) => (kind === "csv" ? tableCsv(table) : tableJson(table));
  return (
    <Saveable name={name} title={title} kinds={KINDS} contentOf={contentOf}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="table-scroll data-table" tabIndex={0} aria-label={`${title}, table`}>
        <table>
          <thead>
            <tr>
              {columns.map(({ key, title: heading, isNumber }) => (
                <th key={key} scope="col" class={isNumber ? "number" : ""}>
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {columns.map((column, i) => {
                  const value = row[i] ?? null;
                  const text = column.format?.(value) ?? (value === null ? "" : String(value));
                  const className = column.isNumber ? "number" : "";
                  return i === 0 ? (
                    <th key={column.key} scope="row" class={className}>
                      {text}
                    </th>
                  ) : (
                    <td key={column.key} class={className}>
                      {text}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Saveable>
  );
}
