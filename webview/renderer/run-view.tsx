import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { keyFigures } from "../ui/key-figures.ts";
import { NoticeList } from "../ui/notice-list.tsx";
import { BarRows } from "./bar-rows.tsx";
import { bars } from "./bars.ts";
import { Frames } from "./frames.tsx";
import { Stages } from "./stages.tsx";

interface RunViewProps {
  readonly record: RunRecord;
  /** Opens the analysis; undefined where there is nobody to open it. */
  readonly onOpen: (() => void) | undefined;
}

/** A finished run under its answer: figures, bars against full inference, frames. */
export function RunView({ record, onOpen }: RunViewProps): VNode {
  const all = useMemo(() => bars(record), [record]);
  return (
    <>
      <NoticeList record={record} />
      <ul class="facts" aria-label="Figures">
        {keyFigures(record).map(({ value, label, detail }) => (
          <li key={label} title={detail}>
            <strong>{value}</strong> {label}
          </li>
        ))}
      </ul>
      <BarRows bars={all} />
      <Frames record={record} />
      <footer>
        <Stages record={record} bars={all} />
        {onOpen && (
          <button type="button" class="open" onClick={onOpen}>
            Open analysis
          </button>
        )}
      </footer>
    </>
  );
}
