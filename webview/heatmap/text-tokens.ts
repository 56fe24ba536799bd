import type { TextToken } from "#core/attention-trace.ts";

/** A text token that can be picked, or a stretch of template tokens that is folded away. */
export type Chip =
  | { readonly kind: "token"; readonly index: number; readonly text: string; readonly role: TextToken["role"] }
  | { readonly kind: "folded"; readonly index: number; readonly count: number };

/** The tokens in their order. Template tokens are folded unless they are asked for, or picked. */
export function tokenChips(tokens: readonly TextToken[], isTemplateShown: boolean, picked: number): readonly Chip[] {
  const chips: Chip[] = [];
  for (const [index, { text, role }] of tokens.entries()) {
    const last = chips.at(-1);
    if (role !== "template" || isTemplateShown || index === picked) {
      chips.push({ kind: "token", index, text: visibleText(text), role });
    } else if (last?.kind === "folded") {
      chips[chips.length - 1] = { ...last, count: last.count + 1 };
    } else {
      chips.push({ kind: "folded", index, count: 1 });
    }
  }
  return chips;
}

/** A token with its white space made visible where there is nothing else to see. */
export function visibleText(text: string): string {
  if (text === "") return "∅";
  return text.trim() === "" ? text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(" ", "␣") : text.trim();
}
