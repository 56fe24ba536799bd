import { AimError } from "#core/errors.ts";
import type { ImportedModel, ImportPlan, ImportRequest, ImportStage } from "#core/model-import.ts";

export interface ImportOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((stage: ImportStage, done: number, total: number) => void) | undefined;
}

/** What an import of `source` would take. Changes nothing. */
export async function planImport({ source }: ImportRequest, _signal?: AbortSignal): Promise<ImportPlan> {
  throw new AimError("unsupported", `${source} cannot be imported by this version`);
}

/** Makes a model ready for use under its name. */
export async function importModel({ source }: ImportRequest, _options: ImportOptions = {}): Promise<ImportedModel> {
  throw new AimError("unsupported", `${source} cannot be imported by this version`);
}
