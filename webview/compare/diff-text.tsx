import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { diffWords } from "./word-diff.ts";

/** A text with its words marked where they differ from those of another. */
export function DiffText({ before, after }: { before: string; after: string }): VNode {
  const parts = useMemo(() => diffWords(before, after), [before, after]);
  return (
    <>
      {parts.map(({ kind, text }, index) => {
        const isReplacing = parts[index - 1]?.kind === "removed";
        if (kind === "added")
          return (
            <ins class={isReplacing ? "replacing" : ""} key={index}>
              {text}
            </ins>
          );
        return kind === "removed" ? <del key={index}>{text}</del> : text;
      })}
    </>
  );
}
