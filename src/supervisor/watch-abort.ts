/** Does `work`; calls `onStuck` if it is not over `ms` after `signal` was aborted. */
export async function watchAbort<Result>(
  signal: AbortSignal | undefined,
  { ms, onStuck }: { readonly ms: () => number; readonly onStuck: (afterMs: number) => void },
  work: () => Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    const afterMs = ms();
    timer = setTimeout(() => onStuck(afterMs), afterMs);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await work();
  } finally {
    signal?.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  }
}
