import { existsSync } from "node:fs";
import path from "node:path";
import { makeCheckpoint } from "../../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../../tools/checkpoint/spec.ts";
import { runScript } from "../child.ts";
import { exportFor, type Peer, type PeerPlaces, peerFlags } from "./peers.ts";

const TOKENS = 40;

/** What a peer computes of a tiny checkpoint, beside what we do: a comparison of speed is fair only between equals. */
export interface PeerCheck {
  readonly peer: Peer;
  /** Relative L2 distance of its logits or features from ours in f32. */
  readonly error: number;
  /** Why it takes no part; undefined where it does. */
  readonly problem: string | undefined;
}

/** Runs `peer` on a tiny checkpoint below `places.root`. A peer that cannot run here says why, and the bench goes on without it. */
export async function checkPeer(peer: Peer, places: PeerPlaces, threads: number): Promise<PeerCheck> {
  const root = path.join(places.root, "tiny");
  const model = path.join(root, "checkpoint");
  if (!existsSync(model)) makeCheckpoint(model, TINY);
  try {
    exportFor(peer, model, root);
    const prompt = ["--tokens", String(TOKENS)];
    const flags = [...peerFlags(peer, model, { ...places, root }), ...prompt, "--outputs"];
    const theirs = await runScript(peer.script, flags, threads);
    const ours = await runScript("peers/ours.ts", ["--model", model, "--part", peer.part, ...prompt], threads);
    const error = relativeError(outputsOf(theirs), outputsOf(ours));
    const isEqual = error <= peer.tolerance;
    return { peer, error, problem: isEqual ? undefined : `its outputs differ by ${error.toExponential(1)}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(-300) : String(error);
    return { peer, error: Number.NaN, problem: `does not run here: ${reason}` };
  }
}

function outputsOf(figures: unknown): readonly number[] {
  const { outputs } = figures as { readonly outputs: readonly number[] };
  return outputs;
}

/** |a - b| / |b|; infinite where lengths differ. */
function relativeError(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length || a.length === 0) return Number.POSITIVE_INFINITY;
  const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(a.map((value, i) => value - (b[i] ?? 0))) / norm(b);
}
