import type { Roof } from "./roofline.ts";

/** How many bytes a value takes in memory. */
export interface BytesPerValue {
  readonly weight: number;
  readonly activation: number;
}

/** Weights and activations in fp16. */
export const HALF: BytesPerValue = { weight: 2, activation: 2 };

/** A machine that an estimate can be made for. */
export interface Accelerator extends Roof {
  readonly id: string;
  readonly name: string;
  readonly bytesPer: BytesPerValue;
}

/**
 * Peaks as their makers give them: dense fp16 with sums in fp32, and memory bandwidth. No program reaches them.
 *
 * Sources: A100 40 GB, as the release of AIM counts it (312 TFLOP/s, 1,555 GB/s), and NVIDIA's A100 data sheet; NVIDIA's data sheets of H100 SXM
 * and H200 SXM, whose 1,979 TFLOP/s are with sparsity; NVIDIA's Ada white paper, appendix A, for the RTX 4090. Apple gives bandwidths
 * (M3 Max and M4 Max with 40 GPU cores), but no FLOP/s: 40 cores of 128 multiply-adds at 1.4 and 1.68 GHz, fp16 as fast as fp32.
 */
export const ACCELERATORS = [
  { id: "a100", name: "NVIDIA A100 40 GB", flopsPerSecond: 312e12, bytesPerSecond: 1555e9, bytesPer: HALF },
  { id: "h100", name: "NVIDIA H100 SXM", flopsPerSecond: 989.4e12, bytesPerSecond: 3350e9, bytesPer: HALF },
  { id: "h200", name: "NVIDIA H200 SXM", flopsPerSecond: 989.4e12, bytesPerSecond: 4800e9, bytesPer: HALF },
  { id: "rtx-4090", name: "NVIDIA RTX 4090", flopsPerSecond: 165.2e12, bytesPerSecond: 1008e9, bytesPer: HALF },
  { id: "m3-max", name: "Apple M3 Max", flopsPerSecond: 14.3e12, bytesPerSecond: 400e9, bytesPer: HALF },
  { id: "m4-max", name: "Apple M4 Max", flopsPerSecond: 17.2e12, bytesPerSecond: 546e9, bytesPer: HALF },
] as const satisfies readonly Accelerator[];

/** The accelerator of the paper's estimates. */
export const A100: Accelerator = ACCELERATORS[0];
