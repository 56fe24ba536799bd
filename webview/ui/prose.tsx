import type { VNode } from "preact";
import { type Block, proseBlocks, proseSpans } from "./prose-model.ts";

/** Markdown as text: every character ends up in a text node, so that nothing in it can become an element. */
export function Prose({ markdown }: { markdown: string }): VNode {
  return <div class="prose">{proseBlocks(markdown).map(renderBlock)}</div>;
}

function renderBlock(block: Block): VNode {
  if (block.kind === "list")
    return (
      <ul>
        {block.items.map((item) => (
          <li>{renderLine(item)}</li>
        ))}
      </ul>
    );
  if (block.kind === "code") return <pre>{block.text}</pre>;
  if (block.kind === "heading") return <h2>{renderLine(block.text)}</h2>;
  return <p>{renderLine(block.text)}</p>;
}

function renderLine(line: string): readonly (VNode | string)[] {
  return proseSpans(line).map(({ kind, text }) => {
    if (kind === "strong") return <strong>{text}</strong>;
    if (kind === "emphasis") return <em>{text}</em>;
    if (kind === "code") return <code>{text}</code>;
    return text;
  });
}
