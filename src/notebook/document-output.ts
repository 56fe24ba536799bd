import { isObject } from "#core/json-reader.ts";
import { isLiveRun } from "#core/live-run.ts";
import { type ItemData, isHeld, isItemMime, isSameItem, itemOf, itemValue } from "./document-item.ts";
import type { Fields, MimeBundle, Output } from "./nbformat.ts";
import { RUN_MIME } from "./output.ts";

/** An output as an editor holds it. `metadata` is the nbformat output; of its data, only what the items cannot hold. */
export interface OutputData {
  readonly items: readonly ItemData[];
  readonly metadata: Fields;
}

/** An output as an editor hands it back; one that another program made there has no metadata of ours. */
export interface EditedOutput {
  readonly items: readonly ItemData[];
  readonly metadata?: Fields | undefined;
}

const STDOUT_MIME = "application/vnd.code.notebook.stdout";
const STDERR_MIME = "application/vnd.code.notebook.stderr";
const ERROR_MIME = "application/vnd.code.notebook.error";

/** `output` for an editor: the same for a run that has just ended as for one that was read from a file. */
export function outputData(output: Output): OutputData {
  switch (output.output_type) {
    case "display_data":
    case "execute_result":
      return bundleData(output);
    case "stream":
      return { items: [itemOf(output.name === "stderr" ? STDERR_MIME : STDOUT_MIME, output.text)], metadata: output };
    case "error": {
      const { ename, evalue, traceback } = output;
      const stack = Array.isArray(traceback) ? traceback.join("\n") : "";
      const json = JSON.stringify({ name: ename, message: evalue, stack });
      return { items: [itemOf(ERROR_MIME, json)], metadata: output };
    }
    default:
      return { items: [itemOf("application/json", output)], metadata: output };
  }
}

/** The output that an editor hands back; undefined for that of a run which still goes on. */
export function outputOf({ items, metadata = {} }: EditedOutput): Output | undefined {
  if (items.some(isLive)) return undefined;
  const { output_type } = metadata;
  if (typeof output_type !== "string") return newOutput(items);
  if (output_type !== "display_data" && output_type !== "execute_result") return { ...metadata, output_type };
  return { ...metadata, output_type, data: bundleOf(items, metadata.data) };
}

const isLive = (item: ItemData) => item.mime === RUN_MIME && isLiveRun(itemValue(item));

function bundleData({ data, ...rest }: Output): OutputData {
  const bundle = Object.entries(isObject(data) ? data : {});
  const items = bundle.filter(([mime]) => isItemMime(mime)).map(([mime, value]) => itemOf(mime, value));
  const unheld = bundle.filter(([mime, value]) => !isItemMime(mime) || !isHeld(mime, value));
  return { items, metadata: unheld.length > 0 ? { ...rest, data: Object.fromEntries(unheld) } : rest };
}

/** What the items say, and `unheld` in place of those that still are what was made of it. */
function bundleOf(items: readonly ItemData[], unheld: unknown): MimeBundle {
  const isStill = ([mime, value]: [string, unknown]) => {
    const item = items.find((candidate) => candidate.mime === mime);
    return item ? isSameItem(item, itemOf(mime, value)) : !isItemMime(mime);
  };
  const kept = Object.entries(isObject(unheld) ? unheld : {}).filter(isStill);
  return Object.fromEntries([...items.map((item) => [item.mime, itemValue(item)] as const), ...kept]);
}

/** An output that was made in the editor. */
function newOutput(items: readonly ItemData[]): Output {
  const streams = items.filter(({ mime }) => mime === STDOUT_MIME || mime === STDERR_MIME);
  if (items.length > 0 && streams.length === items.length) {
    const name = streams.some(({ mime }) => mime === STDERR_MIME) ? "stderr" : "stdout";
    return { output_type: "stream", name, text: streams.map(itemValue).join("") };
  }
  const error = items.find(({ mime }) => mime === ERROR_MIME);
  if (error === undefined) return { output_type: "display_data", metadata: {}, data: bundleOf(items, {}) };
  const { name, message, stack } = errorFields(itemValue({ ...error, mime: "application/json" }));
  return { output_type: "error", ename: name, evalue: message, traceback: stack === "" ? [] : stack.split("\n") };
}

function errorFields(value: unknown) {
  const fields = isObject(value) ? value : {};
  const textOf = (field: unknown) => (typeof field === "string" ? field : "");
  return { name: textOf(fields.name), message: textOf(fields.message), stack: textOf(fields.stack) };
}
