import { resolve } from "node:path";
import type { NotebookCell } from "vscode";
import { checkCell, effectiveCell } from "#notebook/cascade.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";
import { readSettings } from "../settings.ts";
import { baseFolder, cellSources } from "./cells.ts";

/** What a cell asks of the kernel; undefined for one that only sets defaults. Throws `invalid-argument` for a cell with errors. */
export function requestOf(cell: NotebookCell): AskRequest | undefined {
  const effective = effectiveCell(cellSources(cell.notebook), cell.index);
  checkCell(effective);
  if (effective.question === "") return undefined;
  const { question, media, model, device, precision, patch } = effective;
  const base = baseFolder(cell.notebook);
  const settings = readSettings(cell.notebook.uri);
  return {
    question,
    media: media.map((medium) => ({ ...medium, path: resolve(base, medium.path) })),
    model: model ?? settings.model,
    base,
    device: device ?? settings.device,
    precision: precision ?? settings.precision,
    settings: patch,
  };
}
