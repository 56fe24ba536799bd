import type { RunSettings } from "./settings.ts";

/** What is known of a model before it runs. */
export interface ModelDescription {
  readonly folder: string;
  readonly name: string;
  readonly family: string;
  readonly parameters: number;
  /** Layers of the LLM. */
  readonly layers: number;
  /** The settings of a question that says nothing of its own. */
  readonly preset: RunSettings;
}
