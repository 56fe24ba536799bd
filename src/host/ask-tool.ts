import { isAbsolute, join } from "node:path";
import {
  type CancellationToken,
  LanguageModelTextPart,
  type LanguageModelTool,
  type LanguageModelToolInvocationOptions,
  type LanguageModelToolInvocationPrepareOptions,
  LanguageModelToolResult,
  l10n,
  type PreparedToolInvocation,
  workspace,
} from "vscode";
import { AimError } from "#core/errors.ts";
import { mediaKind } from "#core/media-kind.ts";
import type { RunRecord } from "#core/record.ts";
import { NUMBER_RULES, parseNumber } from "#core/settings.ts";
import { markdownSummary } from "#notebook/run-markdown.ts";
import type { Kernel } from "./kernel.ts";
import { asAimError } from "./report-error.ts";
import { readSettings } from "./settings.ts";
import { signalOf } from "./signal.ts";

/** What an agent passes to the tool aim_ask_media; the schema in package.json describes it. */
interface AskMediaInput {
  readonly path: string;
  readonly question: string;
  readonly frames?: number;
}

/** Lets the editor's agent ask the local model about an image or a video. */
export class AskMediaTool implements LanguageModelTool<AskMediaInput> {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  prepareInvocation({ input }: LanguageModelToolInvocationPrepareOptions<AskMediaInput>): PreparedToolInvocation {
    return {
      invocationMessage: l10n.t("Asking AIM about {0}", input.path),
      confirmationMessages: {
        title: l10n.t("Ask AIM about a File"),
        message: l10n.t("The model on this machine looks at {0} and answers: {1}", input.path, input.question),
      },
    };
  }

  async invoke(
    { input }: LanguageModelToolInvocationOptions<AskMediaInput>,
    token: CancellationToken,
  ): Promise<LanguageModelToolResult> {
    try {
      const record = await this.#ask(input, signalOf(token));
      return new LanguageModelToolResult([new LanguageModelTextPart(markdownSummary(record))]);
    } catch (error) {
      const { message, hint } = asAimError(error);
      throw new Error(hint ? `${message}; ${hint}` : message, { cause: error }); // an agent sees nothing but the message
    }
  }

  async #ask(input: AskMediaInput, signal: AbortSignal): Promise<RunRecord> {
    const base = workspace.workspaceFolders?.[0]?.uri.fsPath;
    if (!isAbsolute(input.path) && base === undefined) {
      throw new AimError("invalid-argument", `${input.path} is relative, and no folder is open`, {
        hint: "give an absolute path",
      });
    }
    const path = isAbsolute(input.path) ? input.path : join(base ?? "", input.path);
    const kind = mediaKind(path);
    if (kind === undefined) {
      throw new AimError("invalid-media", `${input.path} is neither an image nor a video`, {
        hint: "give the path of an image or a video file",
      });
    }
    const frames = input.frames === undefined ? {} : { frames: parseNumber(String(input.frames), NUMBER_RULES.frames) };
    const settings = readSettings();
    return await this.#kernel.ask(
      {
        question: input.question,
        media: [{ kind, path }],
        model: settings.model,
        base: base ?? "",
        device: settings.device,
        precision: settings.precision,
        settings: frames,
      },
      {},
      signal,
    );
  }
}
