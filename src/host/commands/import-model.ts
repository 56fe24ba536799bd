import { basename } from "node:path";
import { type LogOutputChannel, l10n, type Uri, window } from "vscode";
import type { ImportedModel, ImportRequest } from "#core/model-import.ts";
import { requireTrust } from "../kernel.ts";
import type { ModelImporter } from "../model-importer.ts";
import { DEMO_MODEL } from "../models.ts";
import { writeSetting } from "../settings.ts";
import { choosePrecision, planned } from "./choose-precision.ts";
import { ImportProgress } from "./import-progress.ts";
import { chooseName } from "./model-name.ts";
import { withAnotherTry } from "./with-another-try.ts";
import { withProgress } from "./with-progress.ts";

export interface ImportTools {
  readonly importer: ModelImporter;
  readonly log: LogOutputChannel;
  /** Called when another model may be there. */
  readonly onChange: () => void;
}

/** Converts a checkpoint folder once and puts it among the models; lets the user choose the folder unless it is given. */
export async function importModel(tools: ImportTools, folder?: Uri): Promise<void> {
  requireTrust(); // before the user does anything in vain
  const chosen = folder ?? (await chooseFolder());
  if (chosen) await importFrom({ source: chosen.fsPath, ...named(chosen.fsPath) }, tools);
}

/** Says what a source is, asks what is to be made of it, and does that. */
export async function importFrom(request: ImportRequest, tools: ImportTools): Promise<void> {
  const plans = await withProgress(l10n.t("Looking at {0}", basename(request.source)), (_tell, signal) =>
    tools.importer.plan(planned(request), signal),
  );
  const precision = await choosePrecision(plans);
  const [plan] = plans;
  if (precision === undefined || plan === undefined) return;
  const chosen = await chooseName(plan.name);
  if (chosen === undefined) return;
  const progress = new ImportProgress({ downloads: plan.downloadBytes > 0 });
  const model = await runImport({ ...request, ...chosen, precision }, progress, tools);
  tools.onChange();
  const use = l10n.t("Use as Default");
  const message = l10n.t("{0} is ready. A cell chooses it with %model {0}", model.name);
  if ((await window.showInformationMessage(message, use)) === use) await writeSetting("model", model.name);
}

function runImport(
  request: ImportRequest,
  progress: ImportProgress,
  { importer, log }: ImportTools,
): Promise<ImportedModel> {
  const name = request.name ?? request.source;
  return withAnotherTry(name, log, () =>
    withProgress(l10n.t("Importing {0}", name), (tell, signal) =>
      importer.run(request, (stage, done, total) => progress.show(tell, stage, done, total), signal),
    ),
  );
}

async function chooseFolder(): Promise<Uri | undefined> {
  const [chosen] =
    (await window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: l10n.t("Import Model"),
      title: l10n.t("Import a checkpoint in the Hugging Face layout"),
    })) ?? [];
  return chosen;
}

/** A name to begin with for a folder whose own no model can have. */
function named(folder: string): Pick<ImportRequest, "name"> {
  const own = basename(folder);
  return /^[A-Za-z0-9]/.test(own) && own !== DEMO_MODEL ? {} : { name: "model" };
}
