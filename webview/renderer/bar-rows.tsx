import type { VNode } from "preact";
import type { Bar } from "./bars.ts";

/** Bars under each other, each with its name and its sum. */
export function BarRows({ bars }: { bars: readonly Bar[] }): VNode {
  return (
    <div class="bars">
      {bars.map(({ name, whole, segments, text }) => (
        <div
          class="bar-row"
          key={name}
          role="img"
          aria-label={`${name}, ${text}: ${segments.map((segment) => `${segment.label} ${segment.text}`).join(", ")}`}
        >
          <span class="bar-name">{name}</span>
          <div class="bar">
            {segments.map(({ label, value, text: amount, share, colour }) => (
              <div
                key={label}
                title={`${label}: ${[amount, share].filter(Boolean).join(", ")}`}
                style={{ width: `${(100 * value) / whole}%`, background: colour }}
              />
            ))}
          </div>
          <span class="bar-text">{text}</span>
        </div>
      ))}
    </div>
  );
}
