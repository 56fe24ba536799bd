/** Hugging Face's hub. */
export const DEFAULT_HUB = "https://huggingface.co";

/** What users copy, as `organisation/name` or `organisation/name@revision`: that itself, or the address of a page of the hub. Other text stays as it is. */
export function readHubId(text: string, hubUrl: string): string {
  const id = text.trim();
  const origin = [hubUrl, DEFAULT_HUB].map((url) => `${url.replace(/\/+$/, "")}/`).find((url) => id.startsWith(url));
  if (origin === undefined) return id;
  const [path = ""] = id.slice(origin.length).split(/[?#]/);
  const [, page = path, revision] = /^([^/]+\/[^/]+)(?:\/(?:tree|blob|resolve)\/([^/]+))?/.exec(path) ?? [];
  return revision === undefined ? page : `${page}@${revision}`;
}
