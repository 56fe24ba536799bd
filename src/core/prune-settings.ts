import { AimError } from "./errors.ts";
import { exactShare, parseShare } from "./share.ts";

/** After `layer`, counted from 0, the share `retention` in [0, 1] of the visual tokens that entered the LLM is left. */
export interface PruneStep {
  readonly layer: number;
  readonly retention: number;
}

/**
 * How many visual tokens are left after each layer of the LLM.
 *
 * `linear`: the first go after `firstLayer`, and as many after each layer that follows, so that none enters `lastLayer`, which may lie
 * beyond the model. `steps`: ascending layers, falling shares; between two steps nothing goes.
 */
export type PruneSettings =
  | { readonly kind: "linear"; readonly firstLayer: number; readonly lastLayer: number }
  | { readonly kind: "steps"; readonly steps: readonly PruneStep[] };

/** Reads `14..22` (or `14-22`, `14,22`), `2:50%`, `8:50%,16:25%` or `off`. Throws `invalid-argument`. */
export function parsePrune(text: string): PruneSettings | "off" {
  if (text === "off") return "off";
  const between = /^(\d{1,4})\s*(?:\.\.|-|,)\s*(\d{1,4})$/.exec(text);
  const linear: PruneSettings = { kind: "linear", firstLayer: Number(between?.[1]), lastLayer: Number(between?.[2]) };
  const prune: PruneSettings = between ? linear : { kind: "steps", steps: text.split(",").map(parseStep) };
  const problem = contradiction(prune);
  if (problem === undefined) return prune;
  throw new AimError(
    "invalid-argument",
    `prune must be two layers or steps such as 2:50%, got ${JSON.stringify(text)}: ${problem}`,
    {
      hint: "write 14..22, 2:50%, 8:50%,16:25% or off; layers count from 0",
    },
  );
}

/** NaN for what cannot be read. */
function parseStep(text: string): PruneStep {
  const match = /^\s*(\d{1,4})\s*:\s*(\S+)\s*$/.exec(text);
  return { layer: Number(match?.[1]), retention: parseShare(match?.[2] ?? "") };
}

/** The inverse of parsePrune. */
export function formatPrune(prune: PruneSettings | "off"): string {
  if (prune === "off") return "off";
  if (prune.kind === "linear") return `${prune.firstLayer}..${prune.lastLayer}`;
  return prune.steps.map(({ layer, retention }) => `${layer}:${exactShare(retention)}`).join(",");
}

/** Throws `invalid-argument` unless the schedule is one, and begins (its steps: ends) inside a model of `layers` layers. */
export function checkPrune(layers: number, prune: PruneSettings | "off"): void {
  if (prune === "off") return;
  const starts = prune.kind === "linear" ? [prune.firstLayer] : prune.steps.map(({ layer }) => layer);
  const outside = starts.find((layer) => layer >= layers);
  const problem = contradiction(prune) ?? (outside === undefined ? undefined : `there is no layer ${outside}`);
  if (problem === undefined) return;
  throw new AimError(
    "invalid-argument",
    `prune ${formatPrune(prune)} does not fit this model, which has ${layers} layers: ${problem}`,
    {
      hint: `tokens can be dropped after the layers 0 to ${layers - 1}`,
    },
  );
}

/** What keeps `prune` from being a schedule of any model. */
function contradiction(prune: PruneSettings): string | undefined {
  if (prune.kind === "linear") {
    const { firstLayer, lastLayer } = prune;
    if (![firstLayer, lastLayer].every(isLayer)) return "a layer is a whole number from 0 on";
    return lastLayer > firstLayer ? undefined : "the first layer must be below the last";
  }
  const { steps } = prune;
  if (steps.length === 0 || !steps.every(({ layer }) => isLayer(layer))) return "a layer is a whole number from 0 on";
  if (!steps.every(({ retention }) => retention >= 0 && retention <= 1)) return "a share is from 0 % to 100 %";
  const follows = steps.slice(1).every(({ layer, retention }, i) => {
    const before = steps[i];
    return before !== undefined && layer > before.layer && retention < before.retention;
  });
  return follows ? undefined : "layers must rise and shares fall";
}

const isLayer = (layer: number) => Number.isInteger(layer) && layer >= 0;

/** The authors' schedule for 28 and 32 layers; for other depths from the middle on, over 2/7 of the layers. */
export function defaultPrune(layers: number): PruneSettings {
  if (layers === 32) return { kind: "linear", firstLayer: 13, lastLayer: 21 };
  const firstLayer = Math.min(Math.round(layers / 2), layers - 1);
  const lastLayer = Math.min(firstLayer + Math.max(1, Math.round((layers * 2) / 7)), layers);
  return { kind: "linear", firstLayer, lastLayer };
}
