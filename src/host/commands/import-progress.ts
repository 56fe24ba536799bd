import { l10n } from "vscode";
import type { ImportStage } from "#core/model-import.ts";
import { Transfer } from "#core/transfer.ts";
import type { Tell } from "./with-progress.ts";

/** What of the bar is the download's, where there is one: it takes most of the time. */
const DOWNLOAD_PERCENT = 80;

/** Says how far an import has come, and how fast it goes. */
export class ImportProgress {
  readonly #transfer = new Transfer();
  readonly #downloadPercent: number;

  constructor({ downloads }: { readonly downloads: boolean }) {
    this.#downloadPercent = downloads ? DOWNLOAD_PERCENT : 0;
  }

  show(tell: Tell, stage: ImportStage, done: number, total: number): void {
    const amount = total > 0 ? this.#transfer.text(done, total, performance.now()) : "";
    tell(stageText(stage, amount), this.#percent(stage, total > 0 ? done / total : 0));
  }

  #percent(stage: ImportStage, share: number): number {
    if (stage === "download") return share * this.#downloadPercent;
    return stage === "convert" ? this.#downloadPercent + share * (100 - this.#downloadPercent) : 100;
  }
}

function stageText(stage: ImportStage, amount: string): string {
  if (stage === "download") return l10n.t("downloading {0}", amount);
  if (stage === "convert") return l10n.t("converting {0}", amount);
  return l10n.t("trying it {0}", amount).trimEnd();
}
