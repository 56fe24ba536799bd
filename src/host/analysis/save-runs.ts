import { type ExtensionContext, env, l10n } from "vscode";
import { runsEntry } from "#core/report-document.ts";
import { runText } from "#core/settings-text.ts";
import { buildReport } from "#report/page.ts";
import { runFileStem } from "#runs/run-facts.ts";
import { runFileText } from "#runs/run-file.ts";
import { reportAssets } from "../report-assets.ts";
import { saveFile } from "../save-file.ts";
import type { KnownRun } from "./shown-runs.ts";

/** Saves runs as one page that opens in any browser, without a network. Gives false if the user decides not to. */
export function saveReport(context: ExtensionContext, runs: readonly KnownRun[]): Promise<boolean> {
  const [first] = runs;
  const isOne = runs.length === 1 && first !== undefined;
  const title = isOne ? first.record.question : l10n.t("{0} runs compared", runs.length);
  const columns = runs.map(({ record, name }) => ({ label: name ?? runText(record.settings), record }));
  return saveFile({
    name: `${isOne ? stemOf(first) : "comparison"}.html`,
    label: l10n.t("Web page"),
    write: async () => {
      const { script, style } = await reportAssets(context);
      return new TextEncoder().encode(buildReport({ title, entries: [runsEntry(columns)] }, script, style));
    },
    open: (file) => env.openExternal(file),
  });
}

/** Saves a run as one file that opens on another machine. Gives false if the user decides not to. */
export function saveRun(run: KnownRun): Promise<boolean> {
  return saveFile({
    name: `${stemOf(run)}.aimrun`,
    label: l10n.t("AIM run"),
    write: async () => new TextEncoder().encode(runFileText(run)),
  });
}

const stemOf = ({ record, name }: KnownRun) =>
  runFileStem({ question: record.question, ...(name !== undefined && { name }) });
