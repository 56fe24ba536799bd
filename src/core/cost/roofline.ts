/** What something takes: operations, and bytes moved between memory and chip. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
}

/** How fast a machine can compute, and how fast it can move. */
export interface Roof {
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
}

export interface RooflineTime {
  readonly seconds: number;
  /** What takes the time: computing or moving. Computing, if both take as long. */
  readonly bound: "compute" | "memory";
}

/** The least time for `work`: the longer of computing and moving, as if both went on at once and nothing else took any time. */
export function roofline({ flops, bytes }: Work, roof: Roof): RooflineTime {
  const compute = flops / roof.flopsPerSecond;
  const memory = bytes / roof.bytesPerSecond;
  return compute >= memory ? { seconds: compute, bound: "compute" } : { seconds: memory, bound: "memory" };
}

/** The least time for several pieces of work, one after the other; it is bound by what takes most of it. */
export function rooflineSum(works: readonly Work[], roof: Roof): RooflineTime {
  const times = works.map((work) => roofline(work, roof));
  const seconds = times.reduce((sum, time) => sum + time.seconds, 0);
  const memory = times.reduce((sum, time) => sum + (time.bound === "memory" ? time.seconds : 0), 0);
  return { seconds, bound: memory > seconds / 2 ? "memory" : "compute" };
}
