import { Disposable, languages } from "vscode";
import type { Kernel } from "../kernel.ts";
import { LANGUAGE } from "../notebook/cells.ts";
import { COMPLETION_TRIGGERS, completionProvider } from "./completion.ts";
import { CellDiagnostics } from "./diagnostics.ts";
import { registerDrop } from "./drop.ts";
import { hoverProvider } from "./hover.ts";
import { foldingProvider, symbolProvider } from "./outline.ts";

/** Registers all that makes cells a language. */
export function registerLanguage(kernel: Kernel): Disposable {
  return Disposable.from(
    languages.registerCompletionItemProvider(LANGUAGE, completionProvider, ...COMPLETION_TRIGGERS),
    languages.registerHoverProvider(LANGUAGE, hoverProvider(kernel)),
    languages.registerDocumentSymbolProvider(LANGUAGE, symbolProvider),
    languages.registerFoldingRangeProvider(LANGUAGE, foldingProvider),
    new CellDiagnostics(),
    registerDrop(),
  );
}
