import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { RunRecord } from "#core/record.ts";
import { VIEWS } from "../analysis/views.ts";
import type { ShownRun, View } from "../ui/view.ts";

/** All but the overview, which is shown already, and what takes several runs. */
const MORE = VIEWS.filter(({ hasFigures, isAboutAll }) => !hasFigures && !isAboutAll);

/** The other views of a run, each drawn when it is opened. */
export function MoreViews({ record, name }: { record: RunRecord; name: string }): VNode {
  const run = useMemo((): ShownRun => ({ record, name, hasCell: false, canReplay: false }), [record, name]);
  return (
    <div class="more">
      {MORE.map((view) => (
        <FoldedView key={view.id} view={view} run={run} />
      ))}
    </div>
  );
}

function FoldedView({ view: { title, component: Component }, run }: { view: View; run: ShownRun }): VNode {
  const [isOpen, setIsOpen] = useState(false);
  const runs = useMemo(() => [run], [run]);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && <Component run={run} runs={runs} />}
    </details>
  );
}
