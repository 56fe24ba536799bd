import { seededRandom } from "#core/random.ts";
import {
  arithmeticProbe,
  attentionProbe,
  PROBE,
  PROBE_CONFIG,
  rankingProbe,
  speedProbe,
  stepProbe,
} from "#model/probe-graphs.ts";
import { bools, type Device, floats, floatsOf, GraphSession, type Tensors } from "../session.ts";
import type { ProbeCheck, ProbeResult } from "./probe-result.ts";

/** Largest difference from the CPU that counts as the same; f16 has 11 bits. */
const TOLERANCE = { float32: 1e-3, float16: 2e-2 };
/** Queries of the attention that is compared: GroupQueryAttention was seen to go wrong above 32. */
const QUERIES = 64;
/** Sides of the products that are timed, until they take the device long enough to tell; a software adapter takes minutes for the largest. */
const SPEED_SIZES = [64, 256, 1024];
const LONG_ENOUGH_MS = 20;

/**
 * Tries `device` out, one check after the other, and tells each result as soon as it is known: the next may end the process.
 *
 * A device that cannot open a session fails its first check, and no other is made.
 */
export async function probeChecks(device: Device, tell: (result: ProbeResult) => void): Promise<void> {
  const check = async (name: ProbeCheck, run: () => Promise<string | undefined>): Promise<boolean> => {
    const reason = await run().catch(messageOf);
    tell({ check: name, ...(reason !== undefined && { reason }) });
    return reason === undefined;
  };
  const graphs: readonly (readonly [ProbeCheck, () => Promise<string | undefined>])[] = [
    ["float32", () => sameOnCpu(device, arithmeticProbe("float32"), arithmetic())],
    ["blocks", () => sameBlocks(device)],
    ["ranking", () => sameRanking(device)],
    ["fused", () => sameAttention(device, "fused")],
    ["float16", () => sameOnCpu(device, arithmeticProbe("float16"), arithmetic(), { tolerance: TOLERANCE.float16 })],
  ];
  for (const [name, run] of graphs) if (!(await check(name, run)) && name === "float32") return;
  let speedup = 0;
  for (const size of SPEED_SIZES) {
    const ms = await productsMs(device, size);
    speedup = (await productsMs("cpu", size)) / ms;
    if (ms > LONG_ENOUGH_MS) break;
  }
  tell({ check: "speed", speedup });
}

/** The message of what ONNX Runtime threw, without the places in its source that come before. */
function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/^.* was false\. /s, "").trim();
}

interface Comparison {
  readonly tolerance?: number;
  /** Another form of the same on the CPU. */
  readonly reference?: Uint8Array;
}

/** Undefined if all outputs are what the CPU computes, else how far they are off. */
async function sameOnCpu(
  device: Device,
  graph: Uint8Array,
  feeds: Tensors,
  { tolerance = TOLERANCE.float32, reference = graph }: Comparison = {},
): Promise<string | undefined> {
  const [expected, found] = [await runOnce("cpu", reference, feeds), await runOnce(device, graph, feeds)];
  for (const name of Object.keys(expected)) {
    const values = floatsOf(found, name);
    const worst = floatsOf(expected, name).reduce(
      (largest, value, i) => Math.max(largest, Math.abs(value - (values[i] ?? Number.NaN))),
      0,
    );
    if (!(worst <= tolerance)) return `results are off by ${worst.toPrecision(2)}`;
  }
  return undefined;
}

async function runOnce(device: Device, graph: Uint8Array, feeds: Tensors): Promise<Tensors> {
  const session = await GraphSession.load(graph, { device });
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

function sameAttention(device: Device, form: "fused" | "blocks"): Promise<string | undefined> {
  return sameOnCpu(device, attentionProbe(form), attention(QUERIES), { reference: attentionProbe("blocks") });
}

/** A prompt, and one token after it. */
async function sameBlocks(device: Device): Promise<string | undefined> {
  const { kvHeads, headDim } = PROBE_CONFIG;
  const cache = (tokens: number) => floats(noise(kvHeads * tokens * headDim), [1, kvHeads, tokens, headDim]);
  const step = { ...attention(1), [PROBE.promptCache]: cache(QUERIES), [PROBE.recentCache]: cache(2) };
  return (await sameAttention(device, "blocks")) ?? (await sameOnCpu(device, stepProbe(), step));
}

async function sameRanking(device: Device): Promise<string | undefined> {
  const { [PROBE.q]: q, [PROBE.k]: k, [PROBE.v]: v } = attention(QUERIES);
  if (!q || !k || !v) return undefined;
  const feeds = { [PROBE.q]: q, [PROBE.k]: k, [PROBE.v]: v, [PROBE.isRanked]: bools(true) };
  return sameOnCpu(device, rankingProbe("unrolled"), feeds, { reference: rankingProbe("loop") });
}

function arithmetic(): Tensors {
  return { [PROBE.x]: floats(noise(32 * 16), [32, 16]) };
}

function attention(count: number): Record<string, Tensors[string]> {
  const { heads, kvHeads, headDim } = PROBE_CONFIG;
  const rows = (width: number) => floats(noise(count * width), [count, width]);
  return {
    [PROBE.q]: rows(heads * headDim),
    [PROBE.k]: rows(kvHeads * headDim),
    [PROBE.v]: rows(kvHeads * headDim),
  };
}

function noise(length: number): Float32Array {
  const random = seededRandom(length);
  return Float32Array.from({ length }, () => 2 * random() - 1);
}

/** Least time of three, after one to warm up. */
async function productsMs(device: Device, size: number): Promise<number> {
  const session = await GraphSession.load(speedProbe(size), { device });
  const feeds = { [PROBE.x]: floats(new Float32Array(size ** 2).fill(1 / size), [size, size]) };
  const times: number[] = [];
  for (let i = 0; i < 4; i++) {
    const start = performance.now();
    await session.run(feeds);
    times.push(performance.now() - start);
  }
  await session.close();
  return Math.min(...times.slice(1));
}
