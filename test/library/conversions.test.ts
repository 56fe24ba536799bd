import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { removeOutdatedConversions } from "#library/conversions.ts";
import { withLock } from "#library/lock.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FILE = "weights.safetensors";

describe("removeOutdatedConversions", () => {
  const at = temporaryFolder();

  function converted(checkpoint: string, conversion: string): string {
    mkdirSync(at(checkpoint, conversion), { recursive: true });
    writeFileSync(at(checkpoint, conversion, FILE), "");
    return at(checkpoint, conversion);
  }

  it("removes older versions of the same part and recipe, and no others", () => {
    const older = [converted("m-1", "decoder-q8-v1-aaaaaaaaaaaa"), converted("m-1", "decoder-q8-v2-bbbbbbbbbbbb")];
    const kept = ["decoder-q8-v2-cccccccccccc", "decoder-int8-v1-aaaaaaaaaaaa", "vision-q8-v1-aaaaaaaaaaaa"];
    const [current = "", ...others] = kept.map((name) => converted("m-1", name));
    removeOutdatedConversions(current, FILE, "/models/m");
    for (const each of older) assert.ok(!existsSync(each), each);
    for (const each of [current, ...others, converted("m-2", "x")]) assert.ok(existsSync(each), each);
  });

  it("removes those of the checkpoint as it was before, not those of another one of its name", () => {
    const before = converted("m-1", "decoder-q8-v1-aaaaaaaaaaaa");
    const namesake = converted("m-2", "decoder-q8-v1-aaaaaaaaaaaa");
    removeOutdatedConversions(before, FILE, "/models/m");
    removeOutdatedConversions(namesake, FILE, "/elsewhere/m");
    const now = converted("m-3", "decoder-q8-v1-aaaaaaaaaaaa");
    removeOutdatedConversions(now, FILE, "/models/m");
    assert.deepEqual([before, namesake, now].map(existsSync), [false, true, true]);
  });

  it("leaves alone what somebody is working on", async () => {
    const busy = converted("m-1", "decoder-q8-v1-aaaaaaaaaaaa");
    const current = converted("m-1", "decoder-q8-v2-bbbbbbbbbbbb");
    const remove = async () => removeOutdatedConversions(current, FILE, "/models/m");
    await withLock(at("m-1", "decoder-q8-v1-aaaaaaaaaaaa", FILE), remove);
    assert.ok(existsSync(busy));
    await remove();
    assert.ok(!existsSync(busy));
  });
});
