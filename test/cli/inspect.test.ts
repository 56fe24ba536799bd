import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../tools/checkpoint/spec.ts";
import { assertFailed, runAim } from "../support/run-aim.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("aim inspect", function () {
  this.timeout(120_000);
  const at = temporaryFolder();

  it("says what the embedded model is", async () => {
    const { code, out } = await runAim(["inspect"]);
    assert.equal(code, 0);
    assert.match(out, /family +llava-onevision/);
    assert.match(out, /parameters +1,989,184/);
    assert.match(out, /8 frames, merge to 25 %, prune 4\.\.7/);
    assert.match(out, /nothing found that will not work/);
  });

  it("lists everything that will not work, with what to do", async () => {
    makeCheckpoint(at("model"));
    for (const name of ["tokenizer.json", "preprocessor_config.json"]) rmSync(at("model", name));
    const { code, out } = await runAim(["inspect", at("model"), "--json"]);
    assert.equal(code, 1);
    const { problems, facts } = JSON.parse(out);
    assert.equal(problems.length, 2);
    assert.equal(facts.family, "llava-onevision");
  });
});

describe("checkpoints that cannot be used", function () {
  this.timeout(120_000);
  const at = temporaryFolder();
  /** Asks a broken copy of a small checkpoint. */
  const ask = async (spoil: () => void, spec = TINY) => {
    makeCheckpoint(at("model"), spec);
    spoil();
    const result = await runAim(["ask", "--model", at("model"), "--no-cache", "Why?"]);
    rmSync(at("model"), { recursive: true });
    return result;
  };
  const overwrite = (name: string, position: number, bytes: Uint8Array) => {
    const file = openSync(at("model", name), "r+");
    writeSync(file, bytes, 0, bytes.length, position);
    closeSync(file);
  };
  const editHeader = (edit: (header: Record<string, { dtype: string; data_offsets: [number, number] }>) => void) => {
    const file = readFileSync(at("model", "model.safetensors"));
    const length = Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.subarray(8, 8 + length).toString());
    edit(header);
    const text = Buffer.from(JSON.stringify(header).padEnd(length));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    writeFileSync(at("model", "model.safetensors"), Buffer.concat([size, text, file.subarray(8 + length)]));
  };

  it("each say so in one sentence", async () => {
    assertFailed(
      await ask(() => rmSync(at("model", "model-00002-of-00003.safetensors")), { ...TINY, shards: 3 }),
      /model-00002-of-00003\.safetensors/,
    );
    assertFailed(await ask(() => overwrite("model.safetensors", 0, Buffer.from([0, 0, 0, 12, 0, 0, 0, 0]))), /header/);
    assertFailed(await ask(() => writeFileSync(at("model", "model.safetensors"), "")), /model\.safetensors/);
    assertFailed(
      await ask(() => editHeader((header) => Object.assign(header.image_newline ?? {}, { dtype: "I16" }))),
      /image_newline/,
    );
    assertFailed(
      await ask(() => editHeader((header) => header.image_newline?.data_offsets.splice(0, 2, 0, 2 ** 40))),
      /image_newline/,
    );
    assertFailed(
      await ask(() =>
        editHeader((header) => {
          const [first, second] = Object.keys(header).filter((name) => name !== "__metadata__");
          const [start = 0] = header[first ?? ""]?.data_offsets ?? [];
          const entry = header[second ?? ""];
          if (entry) entry.data_offsets = [start, start + entry.data_offsets[1] - entry.data_offsets[0]];
        }),
      ),
      /overlap|gap|cover/,
    );
    assertFailed(
      await ask(() => writeFileSync(at("model", "config.json"), JSON.stringify({ model_type: "mystery" }))),
      /unknown architecture/,
      /llava_onevision/,
    );
    assertFailed(
      await ask(() =>
        overwrite(
          "model.safetensors",
          readFileSync(at("model", "model.safetensors")).length - 2,
          Buffer.from([0, 0x7e]),
        ),
      ),
      /holds NaN at index/,
      /damaged/,
    );
    assertFailed(await ask(() => rmSync(at("model", "config.json"))), /config\.json/);
  });
});
