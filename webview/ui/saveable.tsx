import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { Button } from "./controls.tsx";
import { ErrorBanner } from "./error-banner.tsx";
import { asReportError } from "./report-error.ts";
import { useSave } from "./save.ts";

type FileKind = "png" | "svg" | "csv" | "json";

interface SaveableProps<Kind extends FileKind> {
  /** What its files are called, without extension. */
  readonly name: string;
  readonly title: string;
  /** What one has to know to read it. */
  readonly note?: ComponentChildren;
  /** What it can be saved as, in the order of the buttons. */
  readonly kinds: readonly Kind[];
  readonly contentOf: (kind: Kind) => string | Promise<string | Uint8Array<ArrayBuffer>>;
  readonly children: ComponentChildren;
}

/** A titled part of a page that the user can save as a file. */
export function Saveable<Kind extends FileKind>(props: SaveableProps<Kind>): VNode {
  const { name, title, note, kinds, contentOf, children } = props;
  const save = useSave();
  const [error, setError] = useState<unknown>(undefined);
  const onSave = async (kind: Kind) => {
    try {
      await save(`${name}.${kind}`, await contentOf(kind));
      setError(undefined);
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <section class="figure" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <div class="figure-actions">
          {kinds.map((kind) => {
            const shown = kind.toUpperCase();
            return (
              <Button
                key={kind}
                appearance="icon"
                label={`Save ${title} as ${shown}`}
                title={`Save as ${shown}`}
                onClick={() => void onSave(kind)}
              >
                {shown}
              </Button>
            );
          })}
        </div>
      </header>
      {note !== undefined && <p class="note">{note}</p>}
      {error !== undefined && <ErrorBanner error={saveError(error)} />}
      {children}
    </section>
  );
}

function saveError(cause: unknown): ReturnType<typeof asReportError> {
  const error = asReportError(cause);
  return { ...error, message: `it could not be saved: ${error.message}` };
}
