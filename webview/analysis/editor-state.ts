import { isObject } from "#core/json-reader.ts";
import type { AnalysisContent } from "#protocol/analysis-api.ts";
import type { PageState } from "../ui/persisted.ts";

/** Where a page keeps its state, as the editor gives it: JSON that outlives the page and the window. */
export interface StateStore {
  readonly getState: () => unknown;
  readonly setState: (state: unknown) => void;
}

/** A drag or a key that is held changes values many times a second, and the editor copies the whole state each time. */
const PAUSE_MS = 200;

/** The state of an analysis page: what it shows, and what the user has set in it. It is kept after a pause, or when `flush` is called. */
export class EditorState implements PageState {
  readonly #store: StateStore;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #content: AnalysisContent | undefined;
  #values: Readonly<Record<string, unknown>>;

  constructor(store: StateStore) {
    this.#store = store;
    const kept = store.getState();
    const { content, values } = isObject(kept) ? kept : {};
    this.#content = isContent(content) ? content : undefined;
    this.#values = isObject(values) ? values : {};
  }

  /** What the page showed when it was left; undefined for a new one. */
  get content(): AnalysisContent | undefined {
    return this.#content;
  }

  show(content: AnalysisContent): void {
    this.#content = content;
    this.#keep();
    this.flush();
  }

  /** Keeps what has changed at once, for the page may be about to go. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#store.setState({ content: this.#content, values: this.#values });
  }

  get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  set(name: string, value: unknown): void {
    this.#values = { ...this.#values, [name]: value };
    this.#keep();
  }

  #keep(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE_MS);
  }
}

/** Runs are checked where they are read; here it is enough that there are some. */
function isContent(value: unknown): value is AnalysisContent {
  return isObject(value) && Array.isArray(value.runs) && value.runs.every(isObject);
}
