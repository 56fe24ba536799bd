/** A model on a hub: `organisation/name`, at a branch, tag or commit. */
export interface HubRepository {
  /** `organisation/name` */
  readonly id: string;
  /** A branch, tag or commit; `main` if none was named. */
  readonly revision: string;
}

const PART = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?";
const HUB_ID = new RegExp(`^(${PART}/${PART})(?:@(${PART}(?:/${PART}){0,3}))?$`);

/**
 * Reads `organisation/name` or `organisation/name@revision`; undefined for anything else, above all for paths: no `.` or `..`
 * as a part, no drive, no backslash. A relative path of two plain names looks like an id: ask the disk first.
 */
export function parseHubId(text: string): HubRepository | undefined {
  const [, id, revision] = HUB_ID.exec(text) ?? [];
  if (id === undefined || /\.\.|--|\.git$/.test(text)) return undefined;
  return { id, revision: revision ?? "main" };
}
