import { l10n, type Memento, type QuickPickItem, window } from "vscode";

const KEY = "aim.questions";
const MOST_REMEMBERED = 30;

/** An input box for a question that remembers those asked before. */
export class QuestionBox {
  readonly #memory: Memento;

  constructor(memory: Memento) {
    this.#memory = memory;
  }

  /** What the user asks; undefined if they leave the box or ask nothing. */
  async show(title: string): Promise<string | undefined> {
    const question = await this.#pick(title);
    if (question) await this.#remember(question);
    return question;
  }

  #pick(title: string): Promise<string | undefined> {
    const box = window.createQuickPick();
    const asked = this.#asked.map((label): QuickPickItem => ({ label }));
    box.title = title;
    box.placeholder = l10n.t("Type a question, or choose one that you asked before");
    box.items = asked;
    box.ignoreFocusOut = true;
    box.onDidChangeValue((value) => {
      // What is typed stands first, so that Enter asks it and not an old question that resembles it.
      const typed = value.trim();
      box.items =
        typed === "" ? asked : [{ label: typed, alwaysShow: true }, ...asked.filter(({ label }) => label !== typed)];
    });
    return new Promise((resolve) => {
      box.onDidAccept(() => {
        const question = box.selectedItems[0]?.label ?? box.value.trim();
        resolve(question === "" ? undefined : question);
        box.hide();
      });
      box.onDidHide(() => {
        resolve(undefined);
        box.dispose();
      });
      box.show();
    });
  }

  get #asked(): readonly string[] {
    const stored = this.#memory.get<unknown>(KEY);
    return Array.isArray(stored) ? stored.map(String) : [];
  }

  async #remember(question: string): Promise<void> {
    const others = this.#asked.filter((other) => other !== question);
    await this.#memory.update(KEY, [question, ...others].slice(0, MOST_REMEMBERED));
  }
}
