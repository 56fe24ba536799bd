/** A stretch of two texts: in both, only in the first (`removed`), or only in the second (`added`). */
export interface DiffPart {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** Texts whose words make a larger table are said to differ wholly; no answer comes near it. */
const MOST_CELLS = 4_000_000;

/**
 * How `after` differs from `before`, word by word: as few words as possible are removed and added. The parts that are not `added` make up
 * `before`, those that are not `removed` make up `after`. What changes between two words that stay is one removal and one addition.
 */
export function diffWords(before: string, after: string): readonly DiffPart[] {
  return joined(wordParts(words(before), words(after)));
}

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/** Words, the blanks between them and marks, each a text; in scripts without blanks, too. */
function words(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function wordParts(a: readonly string[], b: readonly string[]): DiffPart[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const same = (text: string): DiffPart => ({ kind: "same", text });
  return [
    ...a.slice(0, start).map(same),
    ...middleParts(a.slice(start, endA), b.slice(start, endB)),
    ...a.slice(endA).map(same),
  ];
}

/** The longest common subsequence, by the textbook's table. */
function middleParts(a: readonly string[], b: readonly string[]): DiffPart[] {
  const removed = (text: string): DiffPart => ({ kind: "removed", text });
  const added = (text: string): DiffPart => ({ kind: "added", text });
  const width = b.length + 1;
  if ((a.length + 1) * width > MOST_CELLS) return [...a.map(removed), ...b.map(added)];
  // [i, j] The length of the longest common subsequence of a from i on and b from j on.
  const longest = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left = "", right = ""] = [a[i], b[j]];
    if (i < a.length && j < b.length && left === right) {
      parts.push({ kind: "same", text: left });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      parts.push(removed(left));
      i++;
    } else {
      parts.push(added(right));
      j++;
    }
  }
  return parts;
}

/** One part for each stretch: changes that only blanks keep apart are one change. */
function joined(parts: readonly DiffPart[]): readonly DiffPart[] {
  const found: DiffPart[] = [];
  let [removed, added, blanks] = ["", "", ""];
  const endChange = () => {
    if (removed !== "") found.push({ kind: "removed", text: removed });
    if (added !== "") found.push({ kind: "added", text: added });
    [removed, added] = ["", ""];
  };
  const addSame = (text: string) => {
    const last = found.at(-1);
    if (last?.kind === "same") found[found.length - 1] = { kind: "same", text: last.text + text };
    else if (text !== "") found.push({ kind: "same", text });
  };
  for (const { kind, text } of parts) {
    const isInChange = removed !== "" || added !== "";
    if (kind === "same" && isInChange && text.trim() === "") blanks += text;
    else if (kind === "same") {
      endChange();
      addSame(blanks + text);
      blanks = "";
    } else {
      if (kind === "removed") removed += blanks + text;
      else removed += blanks;
      if (kind === "added") added += blanks + text;
      else added += blanks;
      blanks = "";
    }
  }
  endChange();
  addSame(blanks);
  return found;
}
