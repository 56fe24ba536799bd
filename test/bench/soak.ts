// npm run -s soak -- [--kills 100] [--seed N]
// Kills the kernel at random moments of a run and asks again. This process must live on, the run that was killed must say that its
// kernel was lost, the next answer must be right and come within a cold start and a second, and nothing may be left behind.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { AimError } from "#core/errors.ts";
import { seededRandom } from "#core/random.ts";
import { NUMBER_RULES, parseNumber } from "#core/settings.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";
import { request, type Supervised, sample, supervise } from "../support/supervised.ts";

const MOMENTS = ["start", "load", "media", "vision", "prefill", "decode", "idle"] as const;
type Moment = (typeof MOMENTS)[number];

/** How much longer than a cold start the next answer may take. */
const GRACE_MS = 1000;
const COLD_STARTS_BEFORE = 3;

interface Question {
  readonly request: AskRequest;
  readonly answer: string;
  /** First answers of new processes that know no features, some before all kills and one after every ten. */
  readonly coldMs: number[];
}

const QUESTIONS: readonly [Question, ...Question[]] = [
  {
    request: request("What flashes in the middle?", { media: [sample("flash-in-the-middle.mp4")] }),
    answer: "cross",
    coldMs: [],
  },
  { request: request("Which shape moves?", { media: [sample("star-moves.mp4")] }), answer: "star", coldMs: [] },
  { request: request("How many rings are there?", { media: [sample("two-rings.jpg")] }), answer: "two", coldMs: [] },
];
/** Takes long enough to answer that a kill meets it. */
const LONG_ANSWER = request("What happens?", {
  media: [sample("two-rings.jpg")],
  settings: { temperature: 5, maxTokens: 800, seed: 133 },
});

interface Kill {
  readonly moment: Moment;
  readonly question: Question;
  readonly recoveryMs: number;
}

const { values } = parseArgs({ options: { kills: { type: "string" }, seed: { type: "string" } } });
const kills = parseNumber(values.kills ?? "100", { name: "--kills", least: 1, most: 100_000, isWhole: true });
const seed = parseNumber(values.seed ?? String(Date.now() % 1_000_000), NUMBER_RULES.seed);
const random = seededRandom(seed);
const choose = <Item>(items: readonly [Item, ...Item[]]): Item =>
  items[Math.floor(random() * items.length)] ?? items[0];

const failures: string[] = [];
const fail = (text: string): void => {
  failures.push(text);
  console.log(`FAILED ${text}`);
};
process.on("uncaughtException", (error) => fail(`uncaught in the host: ${error.stack}`));
process.on("unhandledRejection", (reason) => fail(`unhandled in the host: ${reason}`));

const folder = mkdtempSync(path.join(tmpdir(), "aim-soak-"));
const cache = path.join(folder, "cache");
const temporary = path.join(folder, "temporary");
mkdirSync(temporary);
const env = { AIM_CACHE: cache, TMPDIR: temporary, TMP: temporary, TEMP: temporary };
const kernel: Supervised = supervise({ env: () => env });

const median = (numbers: readonly number[]) => quantile(numbers, 0.5);

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** Asks, and checks the answer; gives the time it took. */
async function time({ request, answer }: Question, when: string): Promise<number> {
  const start = performance.now();
  const found = await kernel.supervisor.ask(request, {}).then(
    (record) => record.answer,
    (error: unknown) => String(error),
  );
  if (found !== answer) fail(`${when}: ${JSON.stringify(found)} instead of ${JSON.stringify(answer)}`);
  return performance.now() - start;
}

async function coldStart(question: Question): Promise<void> {
  await kernel.supervisor.clearFeatures();
  await kernel.supervisor.restart();
  question.coldMs.push(await time(question, "cold start"));
}

/** Kills the kernel `delayMs` after a run has come to `target`; gives what it was doing then, as far as it had told. */
async function killAt(target: Moment, asked: AskRequest, delayMs: number): Promise<Moment> {
  const now: { moment: Moment } = { moment: "start" };
  let onReached = () => {};
  const reached = new Promise<void>((resolve) => {
    onReached = resolve;
  });
  const tell = (stage: string) => {
    now.moment = MOMENTS.find((each) => each === stage) ?? now.moment;
    if (now.moment === target) onReached();
  };
  const run = kernel.supervisor.ask(asked, { onProgress: tell, onText: () => tell("decode") }).then(
    () => {
      tell("idle");
      onReached(); // too fast for the kill, which meets an idle kernel
    },
    (error: unknown) => error,
  );
  if (target === "start") onReached();
  await reached;
  await sleep(delayMs);
  const told = now.moment;
  const pid = kernel.pids().at(-1);
  if (pid !== undefined) process.kill(pid, "SIGKILL");
  const error = await run;
  const isLost = error instanceof AimError && error.code === "kernel-lost";
  if (error !== undefined && !isLost) fail(`a run killed in ${told} ended with ${error}`);
  while (kernel.supervisor.state !== "off") await sleep(1);
  return isLost ? told : "idle"; // a whole answer had left before the kill
}

async function killIn(target: Moment, question: Question): Promise<Kill> {
  const isCold = target === "start" || random() < 0.5;
  await kernel.supervisor.clearFeatures();
  if (isCold) await kernel.supervisor.restart();
  const asked = target === "decode" ? LONG_ANSWER : choose(QUESTIONS).request;
  const moment = await killAt(target, asked, random() * (target === "start" ? 200 : 30));
  return { moment, question, recoveryMs: await time(question, `after a kill in ${moment}`) };
}

/** A slow answer counts if it is slow again: once, the machine may have been busy with something else. */
async function killOnce(): Promise<Kill> {
  const [target, question] = [choose(MOMENTS), choose(QUESTIONS)];
  const kill = await killIn(target, question);
  if (kill.recoveryMs <= limitMs(question)) return kill;
  const [took, limit] = [seconds(kill.recoveryMs), seconds(limitMs(question))];
  console.log(`slow after a kill in ${kill.moment}: ${took}, limit ${limit}; once more`);
  await coldStart(question);
  return await killIn(target, question);
}

/** Processes that have the soak's own environment: kernels and all that they started. Elsewhere than on Linux, the kernels alone. */
function survivors(): readonly number[] {
  const isOurs = (pid: number) => {
    try {
      return existsSync("/proc/self/environ")
        ? readFileSync(`/proc/${pid}/environ`, "utf8").includes(`AIM_CACHE=${cache}`)
        : process.kill(pid, 0);
    } catch {
      return false; // gone, or of another user
    }
  };
  const known = existsSync("/proc/self/environ") ? readdirSync("/proc").map(Number).filter(Boolean) : kernel.pids();
  return known.filter(isOurs);
}

async function checkRemains(): Promise<void> {
  for (let i = 0; i < 100 && survivors().length > 0; i++) await sleep(20); // the system takes a moment
  for (const pid of survivors()) fail(`process ${pid} is left`);
  const inCache = readdirSync(path.join(cache, "features"), { recursive: true, encoding: "utf8" });
  const wrong = inCache.filter((name) => path.basename(name).length !== 2 && !name.endsWith(".f32"));
  for (const name of [...wrong, ...readdirSync(temporary)]) fail(`the file ${name} is left`);
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const countMoments = (done: readonly Kill[]) =>
  MOMENTS.map((moment) => `${moment} ${done.filter((kill) => kill.moment === moment).length}`).join(", ");
const limitMs = ({ coldMs }: Question) => Math.max(...coldMs) + GRACE_MS;

function checkTimes(done: readonly Kill[]): void {
  for (const { moment, question, recoveryMs } of done) {
    const limit = limitMs(question);
    if (recoveryMs > limit)
      fail(`after a kill in ${moment}, the answer took ${seconds(recoveryMs)}, limit ${seconds(limit)}`);
  }
}

/** Times of the next answers by where the kernel was killed; `over cold` is against the median cold start of the same question. */
function table(done: readonly Kill[]): string {
  const line = (name: string, cells: readonly string[]) =>
    name.padEnd(11) + cells.map((cell) => cell.padStart(11)).join("");
  const row = (name: string, of: readonly Kill[]) => {
    if (of.length === 0) return line(name, ["0"]);
    const times = of.map(({ recoveryMs }) => recoveryMs);
    const over = of.map(({ recoveryMs, question }) => recoveryMs - median(question.coldMs));
    const figures = [median(times), quantile(times, 0.95), Math.max(...times), median(over), Math.max(...over)];
    return line(name, [String(of.length), ...figures.map(seconds)]);
  };
  const rows = MOMENTS.map((moment) =>
    row(
      moment,
      done.filter((kill) => kill.moment === moment),
    ),
  );
  const head = line("killed in", ["kills", "median", "p95", "max", "over cold", "max over"]);
  return [head, ...rows, row("all", done)].join("\n");
}

async function soak(): Promise<void> {
  for (const question of QUESTIONS) for (let i = 0; i < COLD_STARTS_BEFORE; i++) await coldStart(question);
  const done: Kill[] = [];
  while (done.length < kills) {
    done.push(await killOnce());
    if (done.length % 10 > 0) continue;
    console.log(`${done.length} of ${kills}: ${countMoments(done.slice(-10))}`);
    for (const question of QUESTIONS) await coldStart(question);
  }
  await kernel.supervisor.dispose();
  await checkRemains();
  checkTimes(done);
  console.log(`\nfrom a kill to the next answer\n${table(done)}\n\ncold starts in the same run`);
  for (const { request, coldMs } of QUESTIONS) {
    console.log(
      `${request.question.padEnd(30)} median ${seconds(median(coldMs))}, max ${seconds(Math.max(...coldMs))}`,
    );
  }
  console.log(`\n${kernel.pids().length} kernels, ${failures.length} failures`);
}

console.log(`seed ${seed}, ${kills} kills`);
try {
  await soak();
} finally {
  await kernel.supervisor.dispose();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures.length > 0 ? 1 : 0;
