import { type ExtensionContext, l10n, window } from "vscode";

const KEY = "aim.hubToken";

/** The token for private and gated repositories of the hub; it lies in the editor's secret storage and nowhere else. */
export class HubToken {
  readonly #secrets: ExtensionContext["secrets"];

  constructor({ secrets }: ExtensionContext) {
    this.#secrets = secrets;
  }

  async get(): Promise<string | undefined> {
    return await this.#secrets.get(KEY);
  }

  /** Asks for a token and keeps it; an empty one is forgotten. Gives false if the user went away. */
  async ask(): Promise<boolean> {
    const token = await window.showInputBox({
      title: l10n.t("Access token of the hub"),
      prompt: l10n.t("Kept in the editor's secret storage. Empty: forget the one that is there."),
      placeHolder: "hf_...",
      password: true,
      ignoreFocusOut: true,
    });
    if (token === undefined) return false;
    if (token.trim() === "") await this.#secrets.delete(KEY);
    else await this.#secrets.store(KEY, token.trim());
    return true;
  }
}
