import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AimError, type AimErrorCode } from "#core/errors.ts";

/** Bytes that look random and are the same each time. */
export function noise(seed: string, bytes: number): Uint8Array {
  const block = createHash("sha512").update(seed).digest();
  return Uint8Array.from({ length: bytes }, (_, i) => (block[i % 64] ?? 0) ^ (i >> 6) ^ (i >> 13));
}

/** Writes a repository of a model in two shards, with files that a checkpoint does not need, and gives its folder. */
export function writeModel(root: string, { id = "lab/model", shardBytes = 200_000 } = {}): string {
  const folder = path.join(root, id);
  const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] as const;
  mkdirSync(path.join(folder, "onnx"), { recursive: true });
  const write = (name: string, content: string | Uint8Array) => writeFileSync(path.join(folder, name), content);
  write("config.json", '{"model_type":"llava_onevision"}');
  write("tokenizer.json", JSON.stringify({ pieces: "x".repeat(20_000) }));
  write("added_tokens.json", "");
  write("README.md", "about");
  write("pytorch_model.bin", "not this");
  write("onnx/config.json", "{}");
  write("model.safetensors.index.json", JSON.stringify({ weight_map: { a: shards[0], b: shards[1], c: shards[0] } }));
  for (const name of shards) write(name, noise(name, shardBytes));
  return folder;
}

/** The files of writeModel that a checkpoint needs. */
export const NEEDED = [
  "added_tokens.json",
  "config.json",
  "model-00001-of-00002.safetensors",
  "model-00002-of-00002.safetensors",
  "model.safetensors.index.json",
  "tokenizer.json",
];

/** Asserts that `folder` holds exactly the needed files, each as it is in `source`. */
export function assertWhole(folder: string, source: string): void {
  assert.deepEqual(readdirSync(folder).sort(), NEEDED);
  assertNoneWrong(folder, source);
}

/** Asserts that of the needed files those that are in place are as in `source`. */
export function assertNoneWrong(folder: string, source: string): void {
  for (const name of NEEDED.filter((each) => existsSync(path.join(folder, each)))) {
    const isSame = readFileSync(path.join(folder, name)).equals(readFileSync(path.join(source, name)));
    assert.ok(isSame, `${name} is not the file of the hub`);
  }
}

interface Expected {
  readonly code: AimErrorCode;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

/** Asserts that a promise is rejected with an AimError that says all this. */
export async function assertFails(promise: Promise<unknown>, { code, message, hint = /./ }: Expected): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof AimError, `expected an AimError, got ${error}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.match(error.hint ?? "", hint);
    return true;
  });
}
