/** A Markdown table; numbers are to be formatted already. The first column is aligned left, the others right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(3, ...[header, ...rows].map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (i === 0 ? (cells[i] ?? "").padEnd(width) : (cells[i] ?? "").padStart(width))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}

/** 1,234 or 12.3 or 1.23: three digits that count. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-GB");
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

export const times = (value: number): string => (Number.isFinite(value) ? `${figure(value)}x` : "-");
export const percent = (share: number): string => (Number.isFinite(share) ? `${Math.round(share * 100)} %` : "-");

/** Whether a target was reached, in words for the table's last column. */
export function verdict(isReached: boolean): string {
  return isReached ? "yes" : "no";
}
