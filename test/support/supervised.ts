import path from "node:path";
import esbuild from "esbuild";
import type { AskRequest, LogLevel } from "#protocol/kernel-api.ts";
import { type KernelState, Supervisor, type SupervisorOptions } from "#supervisor/supervisor.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const KERNEL = path.join(ROOT, "dist/kernel.mjs");
const FAKE_KERNEL = path.join(ROOT, "out/fake-kernel.mjs");

/** A supervisor, and what it told. */
export interface Supervised {
  readonly supervisor: Supervisor;
  readonly states: KernelState[];
  readonly log: { readonly level: LogLevel; readonly message: string }[];
  /** The processes that were started, first to last. */
  readonly pids: () => readonly number[];
}

/** A supervisor whose runs may be interrupted for long and which never idles, unless `options` says otherwise. */
export function supervise(options: Partial<SupervisorOptions> = {}): Supervised {
  const states: KernelState[] = [];
  const log: { level: LogLevel; message: string }[] = [];
  const supervisor = new Supervisor({
    modulePath: KERNEL,
    env: () => ({}),
    idleMs: () => 0,
    interruptMs: () => 30_000,
    onState: (state) => states.push(state),
    onLog: (level, message) => log.push({ level, message }),
    ...options,
  });
  const pids = () => log.flatMap(({ message }) => /^started, process (\d+)$/.exec(message)?.slice(1).map(Number) ?? []);
  return { supervisor, states, log, pids };
}

let isBundled = false;

/** A supervisor of the kernel in fake-kernel.ts. */
export function superviseFake(behaviour = "answers", options: Partial<SupervisorOptions> = {}): Supervised {
  const env = () => ({ FAKE_KERNEL: behaviour });
  return supervise({ modulePath: fakeKernel(), env, ...options });
}

/** The bundle of fake-kernel.ts. */
export function fakeKernel(): string {
  if (!isBundled) bundleFakeKernel();
  isBundled = true;
  return FAKE_KERNEL;
}

/** As a bundle it starts ten times as fast. */
function bundleFakeKernel(): void {
  esbuild.buildSync({
    entryPoints: [path.join(import.meta.dirname, "fake-kernel.ts")],
    outfile: FAKE_KERNEL,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

/** Supervisors that are disposed of after each test of the surrounding `describe`. */
export function disposed(): <S extends Supervised>(supervised: S) => S {
  const all: Supervised[] = [];
  afterEach(async () => {
    for (const { supervisor } of all.splice(0)) await supervisor.dispose();
  });
  return (supervised) => {
    all.push(supervised);
    return supervised;
  };
}

/** A question without media to the embedded model. */
export function request(question: string, fields: Partial<AskRequest> = {}): AskRequest {
  return { base: ROOT, question, media: [], settings: {}, ...fields };
}

/** A sample clip or picture of the repository as a medium. */
export function sample(name: string): AskRequest["media"][number] {
  return { kind: name.endsWith(".mp4") ? "video" : "image", path: path.join(ROOT, "media/samples", name) };
}
