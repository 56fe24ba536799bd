import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from "#jsonrpc";

/** One end of a way between an editor and its page, such as a webview's postMessage; values cross by a copy that keeps typed arrays. */
export interface MessagePipe {
  readonly post: (message: unknown) => void;
  /** Gives what ends the listening. */
  readonly onMessage: (listener: (message: unknown) => void) => () => void;
}

/**
 * A message of one page and its editor. The name of the page, new whenever it is loaded, keeps an answer for the page before from the one
 * that is loaded now, where calls are numbered anew.
 */
export interface Letter {
  readonly page: string;
  readonly message: Message;
}

/** True for what LetterWriter posts; other things may cross the same pipe. */
export function isLetter(value: unknown): value is Letter {
  if (typeof value !== "object" || value === null || !("page" in value) || !("message" in value)) return false;
  const { page, message } = value;
  return typeof page === "string" && typeof message === "object" && message !== null && "jsonrpc" in message;
}

/** Hands on the letters that it is given. */
export class LetterReader extends AbstractMessageReader implements MessageReader {
  #callback: DataCallback | undefined;

  receive({ message }: Letter): void {
    this.#callback?.(message);
  }

  override listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    return { dispose: () => this.dispose() };
  }

  override dispose(): void {
    this.#callback = undefined;
    super.dispose();
  }
}

/** Posts messages as letters of one page. */
export class LetterWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #pipe: MessagePipe;
  readonly #page: string;

  constructor(pipe: MessagePipe, page: string) {
    super();
    this.#pipe = pipe;
    this.#page = page;
  }

  /** Rejects with what `post` throws, such as for a value that cannot be copied. */
  async write(message: Message): Promise<void> {
    const letter: Letter = { page: this.#page, message };
    this.#pipe.post(letter);
  }

  end(): void {}
}
