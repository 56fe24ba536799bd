/** `text` so that Markdown shows it as it is: a model's words are text, never markup. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|$~!]/g, (character) => `\\${character}`);
}

/** `text` as code in a line of Markdown, whatever backticks it holds. */
export function codeSpan(text: string): string {
  const ticks = "`".repeat(longestRun(text) + 1);
  const padding = /^`|`$|^ .* $/.test(text) ? " " : "";
  return `${ticks}${padding}${text}${padding}${ticks}`;
}

/** `text` as a fenced block of Markdown, its fence longer than any run of backticks inside. */
export function fencedBlock(text: string, language = ""): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${fence}`;
}

/** The most backticks that stand together in `text`. */
function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}
