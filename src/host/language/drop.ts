import {
  type DataTransfer,
  Disposable,
  DocumentDropEdit,
  DocumentDropOrPasteEditKind,
  DocumentPasteEdit,
  l10n,
  languages,
  type Position,
  type TextDocument,
  type WorkspaceEdit,
} from "vscode";
import { insertDirectives, mediaDirectives } from "#notebook/language/media-directive.ts";
import { baseFolder, cellOf, LANGUAGE } from "../notebook/cells.ts";
import { droppedMedia } from "./dropped-media.ts";
import { editorRange } from "./range.ts";

const KIND = DocumentDropOrPasteEditKind.Empty.append("aim", "media");
const MIME_TYPES = ["text/uri-list", "image/*", "video/*", "files"];

/** Turns pictures and videos that are dropped or pasted into a cell into directives. */
export function registerDrop(): Disposable {
  const title = l10n.t("Insert as Media of the Cell");
  const drop = languages.registerDocumentDropEditProvider(
    LANGUAGE,
    {
      async provideDocumentDropEdits(document, position, data) {
        const edit = await mediaEdit(document, position, data);
        return edit && Object.assign(new DocumentDropEdit("", title, KIND), { additionalEdit: edit });
      },
    },
    { dropMimeTypes: MIME_TYPES, providedDropEditKinds: [KIND] },
  );
  const paste = languages.registerDocumentPasteEditProvider(
    LANGUAGE,
    {
      async provideDocumentPasteEdits(document, [range], data) {
        const edit = range && (await mediaEdit(document, range.start, data));
        return edit ? [Object.assign(new DocumentPasteEdit("", title, KIND), { additionalEdit: edit })] : [];
      },
    },
    { pasteMimeTypes: MIME_TYPES, providedPasteEditKinds: [KIND] },
  );
  return Disposable.from(drop, paste);
}

/** Saves what is nowhere yet and writes the directives; undefined where `data` has no media. */
async function mediaEdit(
  document: TextDocument,
  position: Position,
  data: DataTransfer,
): Promise<WorkspaceEdit | undefined> {
  const cell = cellOf(document);
  if (cell === undefined) return undefined;
  const folder = baseFolder(cell.notebook);
  const { paths, saving } = await droppedMedia(data, folder);
  if (paths.length === 0) return undefined;
  const { range, text } = insertDirectives(document.getText(), position, mediaDirectives(paths, folder));
  saving.replace(document.uri, editorRange(range), text);
  return saving;
}
