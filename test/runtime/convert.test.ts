import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConvertedFile } from "#model/converted-file.ts";
import { readSafetensorsHeader } from "#model/safetensors.ts";
import { type ConversionTarget, convert } from "#runtime/convert.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const TENSORS = 6;
const CHUNKS = 3;

describe("convert", () => {
  const at = temporaryFolder();

  /** A target of six tensors of three chunks each; `onChunk` is told of each before it is made. */
  function target(folder: string, onChunk: (tensor: number, chunk: number) => void = () => {}): ConversionTarget {
    const tensors = new ConvertedFile("test v1");
    for (let tensor = 0; tensor < TENSORS; tensor++) {
      const size = 100 + 7 * tensor;
      const chunks = function* () {
        for (let chunk = 0; chunk < CHUNKS; chunk++) {
          onChunk(tensor, chunk);
          yield Uint8Array.from({ length: size }, (_, i) => tensor * 50 + chunk * 10 + i);
        }
      };
      tensors.add({ name: `t${tensor}`, type: "uint8", dims: [CHUNKS, size], chunks });
    }
    return { folder: at(folder), file: "weights.safetensors", tensors };
  }
  const bytes = (folder: string) => readFileSync(at(folder, "weights.safetensors"));

  it("writes a safetensors file whose data begins at 1 MiB", async () => {
    await convert(target("whole"));
    const header = readSafetensorsHeader(at("whole", "weights.safetensors"));
    assert.deepEqual([...header.keys()], ["t0", "t1", "t2", "t3", "t4", "t5"]);
    const { offset, sizeBytes, dtype, shape } = header.get("t1") ?? assert.fail();
    assert.deepEqual({ dtype, shape }, { dtype: "U8", shape: [CHUNKS, 107] });
    assert.equal(offset, 2 ** 20 + 300);
    const expected = [50, 60, 70].flatMap((first) => Array.from({ length: 107 }, (_, i) => first + i));
    assert.deepEqual([...bytes("whole").subarray(offset, offset + sizeBytes)], expected);
  });

  it("goes on with the first tensor that is not whole, wherever it was cancelled, and gives the same bytes", async () => {
    await convert(target("whole"));
    for (let stopTensor = 0; stopTensor < TENSORS; stopTensor++) {
      for (let stopChunk = 0; stopChunk < CHUNKS; stopChunk++) {
        const folder = `stopped-${stopTensor}-${stopChunk}`;
        const controller = new AbortController();
        const stopping = target(folder, (tensor, chunk) => {
          if (tensor === stopTensor && chunk === stopChunk) controller.abort();
        });
        await assert.rejects(convert(stopping, { signal: controller.signal }), { code: "cancelled" });
        assert.deepEqual(readdirSync(at(folder)), ["weights.safetensors.part"]);
        const begun: number[] = [];
        await convert(target(folder, (tensor, chunk) => chunk === 0 && begun.push(tensor)));
        const isWhole = stopChunk === CHUNKS - 1;
        assert.equal(begun[0], isWhole && stopTensor === TENSORS - 1 ? undefined : stopTensor + (isWhole ? 1 : 0));
        assert.deepEqual(bytes(folder), bytes("whole"));
        assert.deepEqual(readdirSync(at(folder)), ["weights.safetensors"]);
      }
    }
  });

  it("does not go on with what another conversion began under the name", async () => {
    await convert(target("whole"));
    const partial = Buffer.from(bytes("whole"));
    partial.write("test v0", partial.indexOf("test v1"));
    partial.fill(1, 2 ** 20);
    mkdirSync(at("other"));
    writeFileSync(at("other", "weights.safetensors.part"), partial);
    await convert(target("other"));
    assert.deepEqual(bytes("other"), bytes("whole"));
  });

  it("is done once by those who want it at the same time", async () => {
    let chunks = 0;
    const count = () => {
      chunks++;
    };
    await Promise.all([1, 2, 3].map(() => convert(target("whole", count))));
    assert.equal(chunks, TENSORS * CHUNKS);
  });

  it("tells bytes that only grow, and at last all", async () => {
    const told: number[] = [];
    const one = target("whole");
    await convert(one, { onProgress: (done, total) => told.push(done / total) });
    assert.equal(told.at(-1), 1);
    assert.deepEqual(told, told.toSorted());
  });

  it("refuses a tensor that comes out larger than announced", async () => {
    const tensors = new ConvertedFile("test v1");
    tensors.add({ name: "t", type: "uint8", dims: [4], chunks: () => [new Uint8Array(5)] });
    const converting = convert({ folder: at("bad"), file: "weights.safetensors", tensors });
    await assert.rejects(converting, { code: "invalid-model", message: /5 bytes, not 4/ });
    assert.ok(!readdirSync(at("bad")).includes("weights.safetensors"));
  });

  it("never holds more than a chunk of a large tensor", async () => {
    const [rows, chunk] = [64, new Uint8Array(2 ** 22).fill(3)];
    const tensors = new ConvertedFile("test v1");
    const chunks = function* () {
      for (let row = 0; row < rows; row++) yield chunk;
    };
    tensors.add({ name: "large", type: "uint8", dims: [rows, chunk.length], chunks });
    const before = process.memoryUsage.rss();
    let most = 0;
    const onProgress = () => {
      most = Math.max(most, process.memoryUsage.rss() - before);
    };
    await convert({ folder: at("large"), file: "weights.safetensors", tensors }, { onProgress });
    assert.ok(most < 64e6, `${most} bytes more while ${rows * chunk.length} were written`);
    assert.equal(path.basename(readdirSync(at("large"))[0] ?? ""), "weights.safetensors");
  });
});
