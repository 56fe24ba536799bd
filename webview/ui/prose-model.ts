/** A block of text. Only what helps reading is told apart; everything else stays as it was written. */
export type Block =
  | { readonly kind: "heading" | "paragraph" | "code"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] };

/** A piece of a line. */
export interface Span {
  readonly kind: "text" | "strong" | "emphasis" | "code";
  readonly text: string;
}

/** Splits Markdown into blocks: fenced code, headings, bulleted or numbered lists, paragraphs. */
export function proseBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const parts = markdown.replaceAll("\r\n", "\n").split(/^```[^\n]*\n([\s\S]*?)^```[ \t]*$/m);
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) blocks.push({ kind: "code", text: part.trimEnd() });
    else for (const text of part.split(/\n\s*\n|(?<=^#{1,6} .*)\n/m)) blocks.push(...looseBlock(text.trim()));
  }
  return blocks;
}

const LIST_AFTER_TEXT = /\n(?=(?:[-*+]|\d+\.) )/;

function looseBlock(text: string): readonly Block[] {
  if (text === "") return [];
  const heading = /^#{1,6} +(.*)$/.exec(text);
  if (heading?.[1] !== undefined) return [{ kind: "heading", text: heading[1] }];
  if (/^([-*+]|\d+\.) /.test(text)) {
    const items = text.split(/^(?:[-*+]|\d+\.) +/m).slice(1);
    return [{ kind: "list", items: items.map((item) => item.trim().replaceAll(/\s*\n\s*/g, " ")) }];
  }
  // A list may follow a paragraph without an empty line.
  const list = text.search(LIST_AFTER_TEXT);
  if (list >= 0) return [...looseBlock(text.slice(0, list)), ...looseBlock(text.slice(list + 1))];
  return [{ kind: "paragraph", text: text.replaceAll(/\s*\n\s*/g, " ") }];
}

/** Splits a line at `code`, **strong** and *emphasis*; a link keeps its words only. */
export function proseSpans(line: string): readonly Span[] {
  const kinds = { "`": "code", "**": "strong", "*": "emphasis" } as const;
  const plain = line.replaceAll(/!?\[([^\]]*)\]\([^)\s]*\)/g, "$1");
  return plain.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/).flatMap((text, index): readonly Span[] => {
    if (text === "") return [];
    if (index % 2 === 0) return [{ kind: "text", text }];
    const mark = text.startsWith("**") ? "**" : text.startsWith("*") ? "*" : "`";
    return [{ kind: kinds[mark], text: text.slice(mark.length, -mark.length) }];
  });
}
