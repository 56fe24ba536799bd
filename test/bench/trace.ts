/** What Chromium's tracing writes, as far as it is read here. */
export interface Trace {
  readonly traceEvents: readonly TraceEvent[];
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
  /** Microseconds that the thread really ran, whatever else the machine does. */
  readonly tdur?: number;
}

/** The tasks of all pages' main threads that ran longer than `overMs`, in milliseconds of processor time, longest first. */
export function longTasks({ traceEvents }: Trace, overMs: number): number[] {
  const names = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const isMain = new Set(names.map(({ pid, tid }) => `${pid} ${tid}`));
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith("RunTask") && isMain.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
    .filter((ms) => ms > overMs)
    .toSorted((a, b) => b - a);
}
