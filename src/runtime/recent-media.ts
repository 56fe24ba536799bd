import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { MediaReference } from "#core/settings.ts";

/** Media kept at a time. */
const MOST = 16;

/** The media that an engine encoded last, so that the next question about one does not even decode it. */
export class RecentMedia<Encoded> {
  readonly #media = new Map<string, Encoded>();

  /** Names a medium by its file (path, size, time of change) and how it is seen; undefined for a file that is not there. */
  async key(reference: MediaReference, options: object): Promise<string | undefined> {
    const path = resolve(reference.path);
    const file = await stat(path).catch(() => undefined);
    return file && JSON.stringify([{ ...reference, path }, options, file.size, file.mtimeMs]);
  }

  get(key: string | undefined): Encoded | undefined {
    return key === undefined ? undefined : this.#media.get(key);
  }

  set(key: string | undefined, medium: Encoded): void {
    if (key === undefined) return;
    this.#media.delete(key);
    this.#media.set(key, medium);
    const [oldest] = this.#media.keys();
    if (this.#media.size > MOST && oldest !== undefined) this.#media.delete(oldest);
  }

  forget(): void {
    this.#media.clear();
  }
}
