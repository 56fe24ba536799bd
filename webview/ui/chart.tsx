import { type PlotOptions, plot } from "@observablehq/plot";
import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface ChartProps {
  /** What the chart shows, for those who do not see it. */
  readonly label: string;
  /** The options of the plot for a width in CSS pixels. */
  readonly options: (widthPx: number) => PlotOptions;
}

/** Less than this cannot hold the margins of a chart; a page that is still being laid out has such widths for a moment. */
const LEAST_WIDTH_PX = 180;

/** An Observable Plot that is as wide as its place and is drawn again when that changes. */
export function Chart({ label, options }: ChartProps): VNode {
  const place = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(place);
  useLayoutEffect(() => {
    if (widthPx < LEAST_WIDTH_PX) return place.current?.replaceChildren();
    const figure = plot({ ...options(widthPx), width: widthPx, className: "chart-plot" });
    // Plot brings a style element, which a strict content security policy refuses; widgets.css has the rules instead.
    for (const style of figure.querySelectorAll("style")) style.remove();
    // The chart is one picture with one label; its parts have no role that could have another.
    for (const part of figure.querySelectorAll("[aria-label], [aria-description]")) {
      part.removeAttribute("aria-label");
      part.removeAttribute("aria-description");
    }
    place.current?.replaceChildren(figure);
  }, [widthPx, options]);
  const isTooNarrow = widthPx > 0 && widthPx < LEAST_WIDTH_PX;
  return (
    <>
      <div class="chart" ref={place} role="img" aria-label={label} />
      {isTooNarrow && <p class="note">Too narrow for a chart: widen this view.</p>}
    </>
  );
}

function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [widthPx, setWidthPx] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    setWidthPx(element.clientWidth);
    return () => observer.disconnect();
  }, [place]);
  return widthPx;
}
