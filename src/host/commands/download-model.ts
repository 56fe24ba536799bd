import { env, l10n, Uri, window } from "vscode";
import { AimError } from "#core/errors.ts";
import { parseHubId } from "#library/hub/repository.ts";
import { DEFAULT_HUB, readHubId } from "../hub-id.ts";
import type { HubToken } from "../hub-token.ts";
import { requireTrust } from "../kernel.ts";
import { readSettings } from "../settings.ts";
import { type ImportTools, importFrom } from "./import-model.ts";

export interface DownloadTools extends ImportTools {
  readonly token: HubToken;
}

/** Asks for a repository of the hub, downloads it and goes on as importModel. A repository that is not for all asks for a token. */
export async function downloadModel(tools: DownloadTools): Promise<void> {
  requireTrust();
  const hubUrl = (readSettings().hubUrl || process.env.HF_ENDPOINT || DEFAULT_HUB).replace(/\/+$/, "");
  const source = await chooseRepository(hubUrl);
  if (source === undefined) return;
  for (;;) {
    const token = (await tools.token.get()) ?? process.env.HF_TOKEN;
    try {
      return await importFrom({ source, hubUrl, ...(token && { token }) }, tools);
    } catch (error) {
      if (!(error instanceof AimError && error.code === "access")) throw error;
      if (!(await getsAccess(error, tools.token, `${hubUrl}/${source.replace(/@.*/, "")}`))) {
        throw new AimError("cancelled", "cancelled", { cause: error });
      }
    }
  }
}

async function chooseRepository(hubUrl: string): Promise<string | undefined> {
  const id = await window.showInputBox({
    title: l10n.t("Download a model from {0}", hubUrl.replace(/^https?:\/\//, "")),
    prompt: l10n.t("Its size is shown before anything is downloaded."),
    placeHolder: l10n.t("{0}, or the address of its page", "llava-hf/llava-onevision-qwen2-0.5b-ov-hf"),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === "" || parseHubId(readHubId(text, hubUrl))
        ? undefined
        : l10n.t("Write organisation/name or organisation/name@revision"),
  });
  return id ? readHubId(id, hubUrl) : undefined;
}

/** Says why access was refused, and asks for another token. False if the user went away. */
async function getsAccess(error: AimError, token: HubToken, page: string): Promise<boolean> {
  const [enter, open] = [l10n.t("Enter a Token..."), l10n.t("Open Its Page")];
  for (;;) {
    const choice = await window.showErrorMessage(
      error.hint ? `${error.message}: ${error.hint}` : error.message,
      enter,
      open,
    );
    if (choice === open) await env.openExternal(Uri.parse(page));
    else return choice === enter && (await token.ask());
  }
}
