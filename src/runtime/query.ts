import type { MediaReference, SettingsPatch } from "#core/settings.ts";

export type MediaKind = MediaReference["kind"];

/** One question. Paths of media are used as they are: whoever asks has made them absolute or relative to the working folder. */
export interface Query {
  readonly question: string;
  readonly media: readonly MediaReference[];
  readonly settings: SettingsPatch;
}
