import path from "node:path";
import { cacheFolder } from "#library/paths.ts";
import type { Job, Results } from "../jobs.ts";
import { checkPeer, type PeerCheck } from "../peers/check.ts";
import { installPeers } from "../peers/install.ts";
import { exportFor, PEERS, type Peer, type PeerPlaces, peerFlags } from "../peers/peers.ts";
import type { Progress } from "../progress.ts";
import type { Setup } from "../setup.ts";
import { figure, table, times } from "../table.ts";
import { medians, prefillJob, type Recipe, type Reduction } from "./prefill.ts";
import { queryJob } from "./query.ts";
import type { Stage } from "./stage.ts";

const TEXT = 100;
const PER_FRAME = 196;
const TOWER_FRAMES = 4;

interface PeerFigures {
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly peakMib: number;
  readonly frameMs: number;
}

const UNKNOWN: PeerFigures = {
  prefillMs: Number.NaN,
  decodeMs: Number.NaN,
  peakMib: Number.NaN,
  frameMs: Number.NaN,
};

/** What stands in the LLM's table beside the peers. */
const OURS: readonly (readonly [name: string, precision: Recipe, reduction: Reduction])[] = [
  ["ours, f32, every token", "f32", "full"],
  ["ours, q8, every token", "q8", "full"],
  ["ours, int8, every token", "int8", "full"],
  ["ours, q8, AIM (auto)", "q8", "AIM"],
  ["ours, int8, AIM", "int8", "AIM"],
];
const OUR_TOWERS = ["f32", "q8", "int8"] as const;

/** Installs, exports and checks the peers; those that fail are named in the report, with the reason. */
export async function preparePeers(setup: Setup, progress: Progress): Promise<Stage> {
  const folder = path.join(cacheFolder(), "bench", "peers");
  await installPeers(folder, (text) => progress.say(text));
  const places = {
    packages: path.join(folder, "node_modules"),
    root: path.join(folder, setup.options.isTiny ? "tiny-models" : "models"),
  };
  const checks: PeerCheck[] = [];
  for (const peer of PEERS) {
    const check = await checkPeer(peer, places, setup.options.threads);
    progress.say(
      `${peer.name}, ${peer.part}: ${check.problem ?? `equal to ours within ${check.error.toExponential(1)}`}`,
    );
    checks.push(check);
  }
  for (const { peer } of checks.filter(({ problem }) => problem === undefined)) {
    progress.say(`writing weights for ${peer.name}, ${peer.part}`);
    exportFor(peer, setup.model, places.root);
  }
  return peersStage(checks, places);
}

function peersStage(checks: readonly PeerCheck[], places: PeerPlaces): Stage {
  const peers = checks.filter(({ problem }) => problem === undefined).map(({ peer }) => peer);
  return {
    name: "peers",
    title: "Peers, same weights, same run",
    jobs: (setup) => [
      ...peers.map((peer) => peerJob(setup, peer, places)),
      ...OURS.map(([, precision, reduction]) => prefillJob(setup, precision, reduction)),
      ...OUR_TOWERS.map((precision) => towerJob(setup, precision)),
    ],
    report(setup, results) {
      const rows = peers.map((peer) => ({ ...peer, found: medians(results.of(peerJob(setup, peer, places))) }));
      const llms = rows.filter(({ part }) => part === "llm");
      const towers = rows.filter(({ part }) => part === "tower");
      return [llmTable(setup, results, llms), towerTable(setup, results, towers), checksTable(checks)].join("\n\n");
    },
  };
}

interface PeerRow {
  readonly name: string;
  readonly found: PeerFigures | undefined;
}

function llmTable(setup: Setup, results: Results, peers: readonly PeerRow[]): string {
  const ours = OURS.map(([name, precision, reduction]) => ({
    name,
    found: medians(results.of(prefillJob(setup, precision, reduction))),
  }));
  const firstMs = peers[0]?.found?.prefillMs ?? Number.NaN;
  const rows = [...peers, ...ours].map(({ name, found }) => {
    const { prefillMs, decodeMs, peakMib } = found ?? UNKNOWN;
    return [name, figure(prefillMs / 1000), times(firstMs / prefillMs), figure(1000 / decodeMs), figure(peakMib)];
  });
  const tokens = TEXT + setup.options.frames * PER_FRAME;
  return table([`LLM, ${tokens} tokens`, "prefill s", "gain", "decode tokens/s", "peak MiB above the model"], rows);
}

function towerTable(setup: Setup, results: Results, peers: readonly PeerRow[]): string {
  const theirs = peers.map(({ name, found }) => ({ name, frameMs: found?.frameMs ?? Number.NaN }));
  const ours = OUR_TOWERS.map((precision) => ({
    name: `ours, ${precision}`,
    frameMs: (medians(results.of(towerJob(setup, precision)))?.visionMs ?? Number.NaN) / TOWER_FRAMES,
  }));
  const firstMs = theirs[0]?.frameMs ?? Number.NaN;
  const rows = [...theirs, ...ours].map(({ name, frameMs }) => [name, figure(frameMs), times(firstMs / frameMs)]);
  return table(["vision tower", "ms a frame", "gain"], rows);
}

function towerJob(setup: Setup, precision: string) {
  return queryJob(setup, { method: "aim", precision, frames: TOWER_FRAMES });
}

function peerJob({ model, options }: Setup, peer: Peer, places: PeerPlaces): Job<PeerFigures> {
  const tokens = TEXT + options.frames * PER_FRAME;
  const own = peer.part === "llm" ? ["--tokens", String(tokens), "--decode", "12"] : ["--runs", String(TOWER_FRAMES)];
  return {
    id: `${peer.part} ${peer.name}`,
    script: peer.script,
    flags: [...peerFlags(peer, model, places), ...own],
    rounds: peer.part === "llm" && tokens > 3000 ? 1 : options.rounds,
    seconds: peer.part === "llm" ? tokens / 80 : 10,
  };
}

/** What a peer's outputs differ from ours by on a tiny model, or why it is not in the tables. */
function checksTable(checks: readonly PeerCheck[]): string {
  const rows = checks.map(({ peer, error, problem }) => [
    `${peer.name}, ${peer.part}`,
    Number.isFinite(error) ? error.toExponential(1) : "-",
    problem ?? "takes part",
  ]);
  return table(["checked on a tiny model", "relative error", ""], rows);
}
