import {
  DocumentSymbol,
  type DocumentSymbolProvider,
  FoldingRange,
  type FoldingRangeProvider,
  SymbolKind,
} from "vscode";
import { foldingLines } from "#notebook/language/folding.ts";
import { cellSymbols } from "#notebook/language/symbols.ts";
import { editorRange } from "./range.ts";

const KINDS = { directive: SymbolKind.Property, question: SymbolKind.String } as const;

export const symbolProvider: DocumentSymbolProvider = {
  provideDocumentSymbols: (document) =>
    cellSymbols(document.getText()).map(
      ({ kind, name, detail, range, selectionRange }) =>
        new DocumentSymbol(name, detail, KINDS[kind], editorRange(range), editorRange(selectionRange)),
    ),
};

export const foldingProvider: FoldingRangeProvider = {
  provideFoldingRanges: (document) =>
    foldingLines(document.getText()).map(({ start, end }) => new FoldingRange(start, end)),
};
