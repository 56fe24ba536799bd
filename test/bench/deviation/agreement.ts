/** How far what one run computed is from what the reference computed. */
export interface Deviation {
  /** By pruning layer, the share of kept visual tokens that both kept, of those that either kept. */
  readonly overlap: readonly number[];
  readonly isSameFirst: boolean;
  readonly isSameAnswer: boolean;
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let [products, left, right] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    products += value * other;
    left += value * value;
    right += other * other;
  }
  return products / Math.sqrt(left * right);
}

/** The Jaccard index of two sets; 1 for two empty ones. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const both = [...a].filter((each) => b.has(each)).length;
  const either = a.size + b.size - both;
  return either === 0 ? 1 : both / either;
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** One line of a Markdown table: means over all cases. */
export function row(
  title: string,
  deviations: readonly Deviation[],
  cosines: readonly number[],
  accuracy?: number,
): string {
  const layers = Math.max(0, ...deviations.map(({ overlap }) => overlap.length));
  const byLayer = Array.from({ length: layers }, (_, i) => mean(deviations.flatMap(({ overlap }) => overlap[i] ?? [])));
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const cells = [
    title,
    mean(cosines).toFixed(5),
    Math.min(...cosines).toFixed(5),
    byLayer.map((value) => value.toFixed(3)).join(" "),
    percent(mean(deviations.map(({ isSameFirst }) => Number(isSameFirst)))),
    percent(mean(deviations.map(({ isSameAnswer }) => Number(isSameAnswer)))),
    accuracy === undefined ? "" : percent(accuracy),
  ];
  return `| ${cells.join(" | ")} |`;
}

export const HEADER = [
  "|  | logit cosine | least | kept sets, by layer | same first token | same answer | accuracy |",
  "| --- | ---: | ---: | --- | ---: | ---: | ---: |",
].join("\n");
