import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type ColourMap, colourTable, formatSmall, middleOf, type ValueScale } from "./color-scale.ts";

interface HeatLegendProps {
  /** What is measured, with its unit: `attention probability`. */
  readonly quantity: string;
  readonly map: ColourMap;
  /** Undefined where there is nothing to measure. */
  readonly scale: ValueScale | undefined;
  /** Over what the range was taken: `at this layer`. */
  readonly extent: string;
  /** What hatched cells are. */
  readonly goneText?: string | undefined;
}

/** Which colour stands for which value. */
export function HeatLegend({ quantity, map, scale, extent, goneText }: HeatLegendProps): VNode {
  return (
    <div class="heat-legend">
      {scale && (
        <div class="heat-scale">
          <p>
            {quantity}, {formatSmall(scale.low)} to {formatSmall(scale.high)}, {extent}
          </p>
          <ColourRamp map={map} />
          <div class="heat-ticks">
            <span>{scale.kind === "log" ? `≤ ${formatSmall(scale.low)}` : formatSmall(scale.low)}</span>
            <span>{formatSmall(middleOf(scale))}</span>
            <span>{formatSmall(scale.high)}</span>
          </div>
        </div>
      )}
      {goneText !== undefined && (
        <p class="heat-gone">
          <HatchSwatch /> {goneText}
        </p>
      )}
    </div>
  );
}

/** A colour map from low to high. */
export function ColourRamp({ map }: { map: ColourMap }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const table = colourTable(map);
    const pixels = new Uint8ClampedArray(table.buffer);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, table.length, 1), 0, 0);
  }, [map]);
  return <canvas class="heat-ramp" width={256} height={1} ref={canvas} />;
}

/** What cells look like whose token is gone. */
function HatchSwatch(): VNode {
  return (
    <svg class="heat-hatch" viewBox="0 0 14 14" aria-hidden="true">
      <rect width="14" height="14" />
      <path d="M0 5L5 0M0 10L10 0M0 15L15 0M5 15L15 5" />
    </svg>
  );
}
