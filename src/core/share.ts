/** Reads `12.5%` or `0.125` as a share; NaN for anything else. */
export function parseShare(text: string): number {
  const match = /^((?:\d+(?:\.\d+)?|\.\d+)(?:e-\d+)?)(%?)$/.exec(text);
  return match ? Number(match[1]) / (match[2] ? 100 : 1) : Number.NaN;
}

/** Writes a share so that parseShare gives exactly it: as per cent where that is possible, `12.5%`. */
export function exactShare(share: number): string {
  const percent = `${Number((100 * share).toPrecision(15))}%`;
  return parseShare(percent) === share ? percent : String(share);
}
