import type { VNode } from "preact";
import { useId, useMemo } from "preact/hooks";
import type { TextToken } from "#core/attention-trace.ts";
import { isBoolean, usePersisted } from "../ui/persisted.ts";
import { tokenChips } from "./text-tokens.ts";

interface TokenChipsProps {
  readonly tokens: readonly TextToken[];
  readonly picked: number;
  readonly onPick: (token: number) => void;
}

/** The text of a run token by token, of which one is picked: a group of radio buttons, so that arrow keys go along the line. */
export function TokenChips({ tokens, picked, onPick }: TokenChipsProps): VNode {
  const name = useId();
  const [isTemplateShown, setIsTemplateShown] = usePersisted("heatmap.template", false, isBoolean);
  const chips = useMemo(() => tokenChips(tokens, isTemplateShown, picked), [tokens, isTemplateShown, picked]);
  const templates = useMemo(() => tokens.filter(({ role }) => role === "template").length, [tokens]);
  return (
    <fieldset class="chips">
      <legend>Attention from the text token</legend>
      {chips.map((chip) =>
        chip.kind === "folded" ? (
          <span key={chip.index} class="folded" aria-hidden="true">
            …
          </span>
        ) : (
          <label key={chip.index} class={`chip ${chip.role}`}>
            <input
              type="radio"
              name={name}
              checked={chip.index === picked}
              aria-label={`${chip.text}, ${chip.role}`}
              onChange={() => onPick(chip.index)}
            />
            <span>{chip.text}</span>
          </label>
        ),
      )}
      {templates > 0 && (
        <button
          type="button"
          class="fold"
          aria-pressed={isTemplateShown}
          onClick={() => setIsTemplateShown(!isTemplateShown)}
        >
          {isTemplateShown ? "Hide template" : `… ${templates} of template`}
        </button>
      )}
    </fieldset>
  );
}
