import type { ComponentChildren, VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { Button } from "./controls.tsx";
import { ErrorBanner } from "./error-banner.tsx";
import { figureSvg, svgToPng } from "./figure-svg.ts";
import { useSave } from "./save.ts";

interface FigureProps {
  /** What its files are called, without extension. */
  readonly name: string;
  readonly title: string;
  /** What one has to know to read it. */
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A picture with a title, of which the user can save what is drawn: `children`, as PNG or SVG. */
export function Figure({ name, title, note, children }: FigureProps): VNode {
  const body = useRef<HTMLDivElement>(null);
  const save = useSave();
  const [error, setError] = useState<string | undefined>(undefined);
  const onSave = async (kind: "png" | "svg") => {
    try {
      if (!body.current) return;
      const svg = figureSvg(body.current, title);
      await save(`${name}.${kind}`, kind === "svg" ? svg : await svgToPng(svg));
      setError(undefined);
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <section class="figure" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <div class="figure-actions">
          <Button
            appearance="icon"
            label={`Save ${title} as PNG`}
            title="Save as PNG"
            onClick={() => void onSave("png")}
          >
            PNG
          </Button>
          <Button
            appearance="icon"
            label={`Save ${title} as SVG`}
            title="Save as SVG"
            onClick={() => void onSave("svg")}
          >
            SVG
          </Button>
        </div>
      </header>
      {note !== undefined && <p class="note">{note}</p>}
      {error !== undefined && <ErrorBanner error={{ message: `the picture could not be saved: ${error}` }} />}
      <div class="figure-body" ref={body}>
        {children}
      </div>
    </section>
  );
}
