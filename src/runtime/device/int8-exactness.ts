import * as ort from "onnxruntime-node";
import { compileInt8Check, INT8_CHECK } from "#model/int8-check.ts";
import { floatsOf, GraphSession } from "../session.ts";

let answer: Promise<boolean> | undefined;

/**
 * Whether products of 8-bit levels are exact on this processor. Those of x86 without VNNI (before about 2019) sum pairs in 16 bits, which overflow for large
 * levels, so that int8 would be wrong there now and then. Tried once a process, with the largest levels.
 */
export function isInt8Exact(): Promise<boolean> {
  answer ??= tryLargestLevels();
  return answer;
}

async function tryLargestLevels(): Promise<boolean> {
  const session = await GraphSession.load(compileInt8Check(), { device: "cpu" });
  const { depth, level, weight, zeroPoint } = INT8_CHECK;
  const levels = new ort.Tensor("uint8", new Uint8Array(depth).fill(level), [1, depth]);
  const found = floatsOf(await session.run({ [INT8_CHECK.input]: levels }), INT8_CHECK.output);
  await session.close();
  return found.every((value) => value === depth * (level - zeroPoint) * weight);
}
