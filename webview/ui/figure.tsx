import type { ComponentChildren, VNode } from "preact";
import { useRef } from "preact/hooks";
import { figureSvg, svgToPng } from "./figure-svg.ts";
import { Saveable } from "./saveable.tsx";

interface FigureProps {
  /** What its files are called, without extension. */
  readonly name: string;
  readonly title: string;
  /** What one has to know to read it. */
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}

const KINDS = ["png", "svg"] as const;

/** A picture with a title, of which the user can save what is drawn: `children`, as PNG or SVG. */
export function Figure({ children, ...props }: FigureProps): VNode {
  const body = useRef<HTMLDivElement>(null);
  const contentOf = async (kind: (typeof KINDS)[number]) => {
    if (!body.current) throw new Error("nothing is drawn yet");
    const svg = figureSvg(body.current, props.title);
    return kind === "svg" ? svg : await svgToPng(svg);
  };
  return (
    <Saveable {...props} kinds={KINDS} contentOf={contentOf}>
      <div class="figure-body" ref={body}>
        {children}
      </div>
    </Saveable>
  );
}
