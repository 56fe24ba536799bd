import type { VNode } from "preact";
import { Button } from "./controls.tsx";
import { useEditor, useReplayProgress } from "./editor.ts";

/** How far a question is that was asked again for the run `id`, with a way to stop it. */
export function Asking({ id }: { id: string }): VNode {
  const editor = useEditor();
  const progress = useReplayProgress(id);
  return (
    <div class="asking">
      <p role="status">Asking again: {progress ?? "waiting for the kernel"}…</p>
      <Button onClick={() => void editor?.stop()}>Stop</Button>
    </div>
  );
}
