import "../ui/heat.css";
import "./style.css";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { Button, Dropdown } from "../ui/controls.tsx";
import type { ShownRun, ViewProps } from "../ui/view.ts";
import { AttentionNotice } from "./attention-notice.tsx";
import { HeatFrames } from "./heat-frames.tsx";
import { importanceAbsence, patchCounts } from "./model.ts";
import { type HeatSettings, SOURCES, useHeatSettings, usePickedToken } from "./settings.ts";
import { TokenChips } from "./token-chips.tsx";
import { useAttention } from "./use-attention.ts";
import { useHeat } from "./use-heat.ts";

/** The frames of a run under the importance of their tokens, or under the attention of a text token to them, layer by layer. */
export function HeatmapView({ run }: ViewProps): VNode {
  if (run.record.visual.count === 0) {
    return (
      <p class="empty">This question is about no picture and no video, so there are no visual tokens to look at.</p>
    );
  }
  return <Heatmap run={run} />;
}

const SOURCE_CHOICES = SOURCES.map((value) => ({ value, label: value }));
const NO_TOKENS = [] as const;

function Heatmap({ run }: { run: ShownRun }): VNode {
  const { record } = run;
  const settings = useHeatSettings(record);
  const isDrawn = useMemo(() => Uint8Array.from(patchCounts(record.visual), Math.sign), [record]);
  const isAttention = settings.source === "attention";
  const attention = useAttention(record.id, isDrawn, isAttention);
  const { state } = attention;
  const tokens = state.kind === "ready" ? state.rows.trace.tokens : NO_TOKENS;
  const [token, pickToken] = usePickedToken(record.id, tokens.length);
  const { heat, isLate } = useHeat({ record, settings, attention: state, token, isDrawn });
  return (
    <div class="heatmap">
      {settings.hasChoice && (
        <div class="control-row">
          <Dropdown label="Show" value={settings.source} choices={SOURCE_CHOICES} onChange={settings.setSource} />
          {isAttention && state.kind === "ready" && (
            <HeadsDropdown settings={settings} heads={state.rows.trace.heads} />
          )}
        </div>
      )}
      {isAttention && <AttentionNotice run={run} state={state} onReplay={attention.replay} onRetry={attention.retry} />}
      {isAttention && tokens.length > 0 && <TokenChips tokens={tokens} picked={token} onPick={pickToken} />}
      {!isAttention && <ImportanceNotice record={record} settings={settings} />}
      <HeatFrames record={record} settings={settings} heat={heat} isLate={isLate} />
    </div>
  );
}

/** Why there is no importance to see, and why no attention where there is no editor; nothing where there are both. */
function ImportanceNotice({ record, settings }: { record: RunRecord; settings: HeatSettings }): VNode | null {
  const absence = importanceAbsence(record);
  if (!settings.hasChoice) {
    return (
      <p class="note">
        {absence} Attention is not stored with a run, because every token, layer and head has its own: open the run in
        the editor to see it.
      </p>
    );
  }
  if (absence === undefined) return null;
  return (
    <div class="heat-notice">
      <p>{absence}</p>
      <Button onClick={() => settings.setSource("attention")}>Show attention</Button>
    </div>
  );
}

function HeadsDropdown({ settings, heads }: { settings: HeatSettings; heads: number }): VNode {
  const choices = useMemo(
    () => [
      { value: "mean", label: `mean of ${heads} heads` },
      { value: "max", label: `largest of ${heads} heads` },
      ...Array.from({ length: heads }, (_, head) => ({ value: String(head), label: `head ${head}` })),
    ],
    [heads],
  );
  return <Dropdown label="Heads" value={String(settings.heads)} choices={choices} onChange={settings.setHeads} />;
}
