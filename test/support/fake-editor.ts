// Asks a fake kernel a question that it never answers, tells its parent the kernel's process id, and waits to be killed.
import { request, superviseFake } from "./supervised.ts";

const { supervisor, pids } = superviseFake();
supervisor
  .ask(request(process.argv[2] ?? "wait"), { onText: () => setTimeout(() => process.send?.(pids()[0]), 100) })
  .catch(() => {});
