import { render } from "preact";
import type { OutputItem } from "vscode-notebook-renderer";
import { comparisonFromJson, isComparison } from "#core/comparison.ts";
import { recordToJson } from "#core/record-codec.ts";
import type { RendererMessage } from "#protocol/renderer-message.ts";
import { type OutputModel, outputModel } from "./model.ts";
import { OutputView } from "./view.tsx";

/** One output of a cell from its first appearance to its end: an element of its own, which every update changes in place. */
export class Output {
  readonly #root = document.createElement("div");
  readonly #post: ((message: RendererMessage) => void) | undefined;
  #json: string | undefined;
  #model: OutputModel | undefined;

  constructor(post: ((message: RendererMessage) => void) | undefined) {
    this.#root.className = "aim";
    this.#post = post;
  }

  show(item: OutputItem, element: HTMLElement): void {
    if (this.#root.parentElement !== element) element.replaceChildren(this.#root);
    const json = item.text();
    if (json !== this.#json || !this.#model) this.#model = outputModel(json);
    this.#json = json;
    const post = this.#post;
    const onOpen = post && (() => post({ kind: "open-analysis", runs: runsOf(item.json()) }));
    render(<OutputView model={this.#model} onOpen={onOpen} />, this.#root);
  }

  dispose(): void {
    render(null, this.#root);
    this.#root.remove();
  }
}

/** Each run of an output by itself: those of a comparison share their pictures. */
function runsOf(json: unknown): readonly unknown[] {
  return isComparison(json) ? comparisonFromJson(json).map(({ record }) => recordToJson(record)) : [json];
}
