import { useContext } from "preact/hooks";
import { EditorContext } from "./editor.ts";

/** Offers a file to the user: through the editor, or as a download where there is none. */
export type SaveFile = (name: string, content: string | Uint8Array<ArrayBuffer>) => Promise<void>;

const MIME: Readonly<Record<string, string>> = {
  csv: "text/csv",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
};

export function useSave(): SaveFile {
  const editor = useContext(EditorContext);
  return async (name, content) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    if (editor) await editor.save({ name, bytes });
    else download(name, bytes);
  };
}

function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const type = MIME[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
