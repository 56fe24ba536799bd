import { formatMerge } from "#core/merge-settings.ts";
import { formatPrune } from "#core/prune-settings.ts";
import type { RunSettings } from "#core/settings.ts";
import { formatVision } from "#core/vision-settings.ts";

/** What the directive `name` would say of `settings`: `25% order=spatial`. Undefined for directives that do not say any of them. */
export function settingText(name: string, settings: RunSettings): string | undefined {
  switch (name) {
    case "frames":
      return String(settings.frames);
    case "method":
      return settings.method;
    case "merge":
      return formatMerge(settings.merge);
    case "prune":
      return formatPrune(settings.prune);
    case "vision":
      return formatVision(settings.vision);
    case "max_tokens":
      return String(settings.maxTokens);
    case "temperature":
      return String(settings.temperature);
    case "top_p":
      return String(settings.topP);
    case "seed":
      return String(settings.seed);
    default:
      return undefined;
  }
}
