import assert from "node:assert/strict";
import { assertFailed, runAim } from "../support/run-aim.ts";

interface Row {
  readonly llm: string;
  readonly visual: number;
  readonly prune?: string;
  readonly tflops: number;
  readonly ms: number;
}

/** The paper's table, as the release's own tool gives it. */
const TABLE: readonly Row[] = [
  { llm: "qwen2-7b", visual: 6272, tflops: 99.63, ms: 439.58 },
  { llm: "qwen2-7b", visual: 3136, tflops: 46.48, ms: 182.65 },
  { llm: "qwen2-7b", visual: 1568, tflops: 22.9, ms: 83.94 },
  { llm: "qwen2-7b", visual: 768, tflops: 11.64, ms: 41.22 },
  { llm: "qwen2-7b", visual: 384, tflops: 6.41, ms: 22.54 },
  { llm: "qwen2-7b", visual: 192, tflops: 3.85, ms: 13.68 },
  { llm: "qwen2-7b", visual: 96, tflops: 2.57, ms: 10.15 },
  { llm: "qwen2-7b", visual: 1568, prune: "14,22", tflops: 14.76, ms: 55.03 },
  { llm: "qwen2-7b", visual: 9408, prune: "14,22", tflops: 99.27, ms: 471.2 },
  { llm: "qwen2-7b", visual: 1568, prune: "21,29", tflops: 20.15, ms: 73.61 },
  { llm: "qwen2-7b", visual: 1568, prune: "14,29", tflops: 17.41, ms: 63.34 },
  { llm: "qwen2-7b", visual: 1568, prune: "21,22", tflops: 17.5, ms: 65.35 },
  { llm: "qwen2-7b", visual: 1568, prune: "7,22", tflops: 12.01, ms: 44.75 },
  { llm: "qwen2-7b", visual: 1568, prune: "14,15", tflops: 12.1, ms: 46.77 },
  { llm: "qwen2-7b", visual: 1568, prune: "7,15", tflops: 9.36, ms: 36.44 },
  { llm: "qwen2-7b", visual: 1568, prune: "7,8", tflops: 6.71, ms: 28.18 },
  { llm: "vicuna-7b", visual: 576, tflops: 8.18, ms: 29.3 },
  { llm: "vicuna-7b", visual: 252, prune: "13,21", tflops: 2.22, ms: 10.92 },
  { llm: "vicuna-7b", visual: 72, prune: "13,21", tflops: 1.0, ms: 8.98 },
];

describe("aim cost", function () {
  this.timeout(120_000);

  it("reproduces the paper's table", async () => {
    for (const { llm, visual, prune, tflops, ms } of TABLE) {
      const { code, out, err } = await runAim([
        "cost",
        "--llm",
        llm,
        "--visual",
        String(visual),
        ...(prune ? ["--prune", prune] : []),
        "--json",
      ]);
      assert.equal(code, 0, err);
      const found = JSON.parse(out);
      assert.ok(
        Math.abs(found.tflops - tflops) < 0.03,
        `${llm} ${visual} ${prune}: ${found.tflops} TFLOPs, expected ${tflops}`,
      );
      assert.ok(Math.abs(found.ms - ms) < 0.3, `${llm} ${visual} ${prune}: ${found.ms} ms, expected ${ms}`);
      assert.equal(found.perLayer.length, llm === "qwen2-7b" ? 28 : 32);
    }
  });

  it("counts what is really run under the convention exact: layer i at the tokens that enter it", async () => {
    const { out } = await runAim([
      "cost",
      "--llm",
      "qwen2-7b",
      "--visual",
      "1568",
      "--prune",
      "14..22",
      "--convention",
      "exact",
      "--json",
    ]);
    const { tokensPerLayer, tflops } = JSON.parse(out);
    assert.deepEqual(tokensPerLayer.slice(13, 23), [1668, 1668, 1472, 1276, 1080, 884, 688, 492, 296, 100]);
    assert.ok(tflops > 15.3 && tflops < 15.9, `${tflops}`);
  });

  it("takes a checkpoint folder, whose weights need not be there", async () => {
    const { code, out } = await runAim(["cost", "--llm", "test/fixtures/aim/llm", "--visual", "196", "--json"]);
    assert.equal(code, 0);
    assert.equal(JSON.parse(out).perLayer.length, 28);
  });

  it("says what is missing or out of range", async () => {
    assertFailed(await runAim(["cost", "--visual", "1"]), /--llm is missing/, /qwen2-7b/);
    assertFailed(await runAim(["cost", "--llm", "qwen2-7b"]), /--visual is missing/);
    assertFailed(await runAim(["cost", "--llm", "qwen3-70b", "--visual", "1"]), /no model "qwen3-70b"/);
    assertFailed(
      await runAim(["cost", "--llm", "qwen2-7b", "--visual", "many"]),
      /visual must be a whole number, got "many"/,
    );
  });
});
