import { resolve } from "node:path";
import type { NotebookCell } from "vscode";
import { checkCell, effectiveCell } from "#notebook/cascade.ts";
import type { CellColumn } from "#notebook/column.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";
import { readSettings } from "../settings.ts";
import { baseFolder, cellSources } from "./cells.ts";

/** One of the runs of a cell. */
interface CellRequest extends Pick<CellColumn, "label"> {
  readonly request: AskRequest;
}

/** What a cell asks of the kernel, one request a run; nothing for one that only sets defaults. Throws `invalid-argument` for a cell with errors. */
export function requestsOf(cell: NotebookCell): readonly CellRequest[] {
  const effective = effectiveCell(cellSources(cell.notebook), cell.index);
  checkCell(effective);
  const { question, model, device, columns } = effective;
  if (question === "") return [];
  const base = baseFolder(cell.notebook);
  const settings = readSettings(cell.notebook.uri);
  return columns.map(({ label, media, precision, visionPrecision, patch }) => ({
    label,
    request: {
      question,
      media: media.map((medium) => ({ ...medium, path: resolve(base, medium.path) })),
      model: model ?? settings.model,
      base,
      device: device ?? settings.device,
      precision: precision ?? settings.precision,
      ...(visionPrecision && { visionPrecision }),
      settings: patch,
    },
  }));
}
