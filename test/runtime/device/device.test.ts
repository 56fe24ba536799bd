import assert from "node:assert/strict";
import { resolveDevice, resolvePrecision } from "#runtime/device/device.ts";
import { type DeviceProbe, hasPassed, speedupOf, whyUnusable } from "#runtime/device/probe-result.ts";
import { assertAimError } from "../../support/assert-error.ts";

const LARGE = 500e6;

describe("precisions of a device", () => {
  it("are 8-bit blocks on a GPU where the CPU takes int8", () => {
    assert.deepEqual(resolvePrecision("auto", LARGE), { vision: "int8", decoder: "q8" });
    assert.deepEqual(resolvePrecision("auto", LARGE, { device: "webgpu" }), { vision: "q8", decoder: "q8" });
    assert.deepEqual(resolvePrecision("q4", LARGE, { device: "cuda" }), { vision: "q8", decoder: "q4" });
    assert.deepEqual(resolvePrecision("auto", 1e6, { device: "webgpu" }), { vision: "f32", decoder: "f32" });
  });

  it("are not int8 by themselves on a processor on which int8 is not exact", () => {
    assert.deepEqual(resolvePrecision("auto", LARGE, { isInt8Exact: false }), { vision: "q8", decoder: "q8" });
    assert.deepEqual(resolvePrecision("int8", LARGE, { isInt8Exact: false }), { vision: "int8", decoder: "int8" });
  });

  it("cannot be int8 on a GPU, in no part", () => {
    const expected = { code: "unsupported", message: /int8 .* CPU alone, not on webgpu/, hint: /q8/ } as const;
    assertAimError(() => resolvePrecision("int8", LARGE, { device: "webgpu" }), expected);
    assertAimError(() => resolvePrecision("q8", LARGE, { vision: "int8", device: "webgpu" }), expected);
  });
});

describe("a device for auto", () => {
  it("is the CPU for int8, without trying anything", async () => {
    const { device, notices } = await resolveDevice("auto", { parameters: LARGE, precisions: ["auto", "int8"] });
    assert.deepEqual([device, notices], ["cpu", []]);
  });

  it("is the CPU for a small model, without trying anything", async () => {
    const { device, notices } = await resolveDevice("auto", { parameters: 2e6, precisions: ["auto"] });
    assert.deepEqual([device, notices], ["cpu", []]);
  });
});

describe("what a probe says", () => {
  const passed = (...checks: ("float32" | "blocks" | "ranking" | "fused")[]): DeviceProbe => ({
    results: checks.map((check) => ({ check })),
    log: "",
  });

  it("is that graphs run where arithmetic, blocks and ranking are right", () => {
    assert.equal(whyUnusable(passed("float32", "blocks", "ranking")), undefined);
    assert.equal(hasPassed(passed("float32", "blocks", "ranking"), "fused"), false);
    assert.equal(speedupOf(passed("float32")), 0);
  });

  it("names the check in which the process ended", () => {
    assert.match(whyUnusable({ ...passed("float32"), end: "SIGSEGV" }) ?? "", /ended in the check blocks \(SIGSEGV\)/);
  });

  it("gives the reason of the first check that failed", () => {
    const results = [{ check: "float32" as const }, { check: "blocks" as const, reason: "results are off by 1" }];
    assert.equal(whyUnusable({ results, log: "" }), "check blocks: results are off by 1");
  });
});
