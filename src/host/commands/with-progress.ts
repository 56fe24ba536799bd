import { ProgressLocation, window } from "vscode";
import { signalOf } from "../signal.ts";

/** Says what is being done, and how much of all is done; the bar never goes back. */
export type Tell = (message: string, percent: number) => void;

/** Shows a notification with a bar and Cancel while `work` goes on. */
export async function withProgress<Result>(
  title: string,
  work: (tell: Tell, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return await window.withProgress(options, async (progress, token) => {
    let shown = 0;
    const tell: Tell = (message, percent) => {
      const increment = Math.max(0, percent - shown);
      progress.report({ message, increment });
      shown += increment;
    };
    return await work(tell, signalOf(token));
  });
}
