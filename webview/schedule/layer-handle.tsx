import type { VNode } from "preact";

interface LayerHandleProps {
  readonly label: string;
  /** What stands beside it, before the number of the layer. */
  readonly short: string;
  readonly layer: number;
  readonly layers: number;
  readonly least: number;
  readonly most: number;
  /** True if its text has to stand lower, because another mark is near. */
  readonly isLow?: boolean;
  readonly onLayer: (layer: number) => void;
}

/** How far Page Up and Page Down go. */
const PAGE = 4;

/** A mark over a layer of a chart that can be dragged and moved with keys. A layer beyond the model stands at its end. */
export function LayerHandle(props: LayerHandleProps): VNode {
  const { label, short, layer, layers, least, most, isLow = false, onLayer } = props;
  const place = Math.min(layer + 0.5, layers) / layers;
  const move = (next: number) => onLayer(Math.min(most, Math.max(least, next)));
  const onPointerMove = (event: PointerEvent) => {
    const { currentTarget, pointerId, clientX } = event;
    if (!(currentTarget instanceof HTMLElement) || !currentTarget.hasPointerCapture(pointerId)) return;
    const box = currentTarget.parentElement?.getBoundingClientRect();
    if (box) move(Math.floor(((clientX - box.left) / box.width) * layers));
  };
  return (
    <div
      class={isLow ? "handle low" : "handle"}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuenow={layer}
      aria-valuetext={layer < layers ? `layer ${layer}` : `layer ${layer}, beyond the last`}
      style={{ left: `${100 * place}%`, "--place": place }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
      }}
      onPointerMove={onPointerMove}
      onKeyDown={(event) => {
        const next = layerAt(event.key, layer, least, most);
        if (next === undefined) return;
        event.preventDefault();
        move(next);
      }}
    >
      <span class="handle-line" />
      <span class="handle-text" aria-hidden="true">
        {short} = {layer}
      </span>
    </div>
  );
}

/** Where a key leads. */
function layerAt(key: string, layer: number, least: number, most: number): number | undefined {
  if (key === "ArrowLeft" || key === "ArrowDown") return layer - 1;
  if (key === "ArrowRight" || key === "ArrowUp") return layer + 1;
  if (key === "PageDown") return layer - PAGE;
  if (key === "PageUp") return layer + PAGE;
  if (key === "Home") return least;
  return key === "End" ? most : undefined;
}
