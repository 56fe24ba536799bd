import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

interface LayerSliderProps {
  readonly layers: number;
  readonly layer: number;
  /** What there is to say about `layer`. */
  readonly status: string;
  readonly onLayer: (layer: number) => void;
}

const STEP_MS = 700;

/** Picks a layer by hand, or steps through all of them once, from the first. */
export function LayerSlider({ layers, layer, status, onLayer }: LayerSliderProps): VNode {
  const [isPlaying, setIsPlaying] = useState(false);
  const isAtEnd = layer >= layers - 1;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => (isAtEnd ? setIsPlaying(false) : onLayer(layer + 1)), STEP_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, isAtEnd, layer, onLayer]);
  const onPlay = () => {
    if (!isPlaying) onLayer(0);
    setIsPlaying(!isPlaying);
  };
  return (
    <div class="layer-slider" style={{ "--layers": layers }}>
      <button type="button" class="play" onClick={onPlay} aria-label={isPlaying ? "Pause" : "Play through the layers"}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d={isPlaying ? "M4 3h3v10H4zM9 3h3v10H9z" : "M4 2.5v11l9.5-5.5z"} />
        </svg>
      </button>
      <input
        type="range"
        aria-label="Layer"
        min={0}
        max={layers - 1}
        value={layer}
        aria-valuetext={status}
        onInput={(event) => {
          setIsPlaying(false);
          onLayer(event.currentTarget.valueAsNumber);
        }}
      />
    </div>
  );
}
