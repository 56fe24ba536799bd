import { toBase64 } from "#core/base64.ts";
import { isObject } from "#core/json-reader.ts";
import { escapeMarkdown, fencedBlock } from "./markdown-text.ts";
import type { Cell, MimeBundle, Notebook, Output } from "./nbformat.ts";
import { errorOfOutput } from "./output.ts";

/** Pictures that a Markdown file can hold, the best first. */
const PICTURES = ["image/svg+xml", "image/png", "image/webp", "image/jpeg", "image/gif"] as const;

/**
 * One Markdown text of the whole notebook: prose as it is, code cells as blocks of `aim`, and below each what it gave. Pictures of other
 * programs and attachments are part of the text as data URLs. Outputs that no Markdown can show are left out.
 */
export function exportMarkdown({ cells }: Notebook): string {
  const blocks = cells.flatMap(cellBlocks).filter((block) => block.trim() !== "");
  return blocks.map((block) => `${block.trimEnd()}\n`).join("\n");
}

function cellBlocks(cell: Cell): string[] {
  if (cell.cell_type === "code") return [fencedBlock(cell.source, "aim"), ...cell.outputs.map(outputBlock)];
  if (cell.cell_type === "raw") return [fencedBlock(cell.source)];
  return [withAttachments(cell.source, cell.attachments ?? {})];
}

function outputBlock(output: Output): string {
  const error = errorOfOutput(output);
  if (error) {
    const name = `**${escapeMarkdown(String(output.ename))}**`;
    const hint = error.hint === undefined ? "" : `\n\n${escapeMarkdown(error.hint)}`;
    return quoted(`${name} ${escapeMarkdown(error.message)}${hint}`);
  }
  if (output.output_type === "stream") return fencedBlock(String(output.text));
  return isObject(output.data) ? bundleBlock(output.data) : "";
}

function bundleBlock(data: MimeBundle): string {
  const markdown = data["text/markdown"];
  if (typeof markdown === "string") return markdown;
  const picture = pictureUrl(data);
  if (picture !== undefined) return `![output](${picture})`;
  const text = data["text/plain"];
  return typeof text === "string" ? fencedBlock(text) : "";
}

function pictureUrl(data: MimeBundle): string | undefined {
  for (const mime of PICTURES) {
    const value = data[mime];
    if (typeof value !== "string") continue;
    const base64 = mime === "image/svg+xml" ? toBase64(new TextEncoder().encode(value)) : value.replaceAll(/\s/g, "");
    return `data:${mime};base64,${base64}`;
  }
  return undefined;
}

/** Attachments are named in Markdown as `attachment:NAME`. */
function withAttachments(source: string, attachments: Readonly<Record<string, MimeBundle>>): string {
  return Object.entries(attachments).reduce((text, [name, data]) => {
    const url = pictureUrl(data);
    if (url === undefined) return text;
    return text.replaceAll(`attachment:${name}`, url).replaceAll(`attachment:${name.replaceAll(" ", "%20")}`, url);
  }, source);
}

const quoted = (text: string) => text.replaceAll(/^/gm, "> ");
