import type { VNode } from "preact";
import type { RunRecord } from "#core/record.ts";
import { notices } from "./notices.ts";

/** What a reader should know of a run; nothing where there is nothing to say. */
export function NoticeList({ record }: { record: RunRecord }): VNode | null {
  const all = notices(record);
  return all.length === 0 ? null : (
    <ul class="notices">
      {all.map((notice) => (
        <li key={notice}>{notice}</li>
      ))}
    </ul>
  );
}
