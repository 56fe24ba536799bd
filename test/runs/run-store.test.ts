import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { AimError } from "#core/errors.ts";
import { type RunEntry, summaryOf } from "#runs/run-entry.ts";
import { RunStore, type RunStoreOptions } from "#runs/run-store.ts";
import type { StoredRun } from "#runs/stored-run.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A run whose id is `id`, started on that day of a month. */
function run(id: string, day = 1, rest: Partial<StoredRun> = {}): StoredRun {
  const startedAt = `2026-01-${String(day).padStart(2, "0")}T00:00:00.000Z`;
  return { record: syntheticRecord({ frames: 2, fields: { id, startedAt } }), isPinned: false, ...rest };
}

const ids = (entries: readonly RunEntry[]) => entries.map(({ id }) => id);

describe("RunStore", () => {
  const at = temporaryFolder();
  const open = (options: Partial<RunStoreOptions> = {}) =>
    new RunStore({ folder: at("runs"), limitBytes: () => 0, ...options });
  const rejects = (work: Promise<unknown>, code: string) =>
    assert.rejects(work, (error) => error instanceof AimError && error.code === code);

  it("lists nothing where nothing was kept, and makes no folder", async () => {
    assert.deepEqual(await open().list(), []);
    assert.ok(!existsSync(at("runs")));
  });

  it("gives runs back as they were, the newest first", async () => {
    const store = open();
    const [b, a] = [run("b", 2, { name: "second", notebook: "n.aimnb" }), run("a", 1)];
    await store.add(a);
    await store.add(b);
    assert.deepEqual(await open().read("b"), b);
    const entries = await open().list();
    assert.deepEqual(
      entries.map(({ sizeBytes: _, ...summary }) => summary),
      [summaryOf(b), summaryOf(a)],
    );
    assert.deepEqual(
      entries.map(({ id, sizeBytes }) => [`${id}.jsonl`, sizeBytes]),
      sizesOnDisk().toReversed(),
    );
  });

  const sizesOnDisk = () =>
    readdirSync(at("runs"))
      .sort()
      .map((name) => [name, readFileSync(at("runs", name)).length]);

  it("keeps a run once, with the name and the pin that it has", async () => {
    const store = open();
    await store.add(run("a"));
    await store.rename("a", " mine ");
    await store.setPinned("a", true);
    await store.add(run("a"));
    const [entry, ...others] = await store.list();
    assert.deepEqual([entry?.name, entry?.isPinned, others.length], ["mine", true, 0]);
    assert.deepEqual(await store.read("a"), run("a", 1, { name: "mine", isPinned: true }));
    await store.rename("a", "");
    assert.ok(!("name" in (await store.read("a"))));
  });

  it("removes runs, those that are gone already, too", async () => {
    const store = open();
    await store.add(run("a"));
    await store.add(run("b", 2, { isPinned: true }));
    await store.remove(["a", "b", "c"]);
    assert.deepEqual(await store.list(), []);
    await rejects(store.read("a"), "not-found");
    await rejects(store.rename("a", "x"), "not-found");
    assert.deepEqual(readdirSync(at("runs")), []);
  });

  it("removes the oldest runs that are not pinned over the limit, never the one just added", async () => {
    const store = open({ limitBytes: () => 2.5 * size });
    await open().add(run("probe"));
    const [{ sizeBytes: size } = { sizeBytes: 0 }] = await open().list();
    await open().remove(["probe"]);
    await store.add(run("a", 1, { isPinned: true }));
    for (const [id, day] of [
      ["b", 2],
      ["c", 3],
      ["d", 4],
    ] as const)
      await store.add(run(id, day));
    assert.deepEqual(ids(await store.list()), ["d", "a"]);
    await store.add(run("e", 1));
    assert.deepEqual(ids(await store.list()), ["d", "e", "a"]);
  });

  it("lists a run whose first line is damaged, and mends it", async () => {
    const store = open();
    await store.add(run("a", 1, { name: "mine" }));
    const [whole] = await store.list();
    const text = readFileSync(at("runs", "a.jsonl"), "utf8");
    const body = text.slice(text.indexOf("\n"));
    for (const head of ["", "{", "{}", JSON.stringify({ ...whole, id: "b" }), "x".repeat(40_000)]) {
      writeFileSync(at("runs", "a.jsonl"), head + body);
      const [entry] = await open().list();
      assert.deepEqual({ ...entry, sizeBytes: whole?.sizeBytes }, whole, head.slice(0, 20));
      const mended = readFileSync(at("runs", "a.jsonl"), "utf8");
      assert.equal(mended.slice(0, mended.indexOf("\n")), text.slice(0, text.indexOf("\n")));
      assert.deepEqual(await store.read("a"), run("a", 1, { name: "mine" }));
    }
  });

  it("passes over what is no run, and says so once for each state of the file", async () => {
    const told: string[] = [];
    const store = open({ onUnreadable: (path) => told.push(path) });
    await store.add(run("a"));
    writeFileSync(at("runs", "foreign.jsonl"), "{}\n{}\n");
    writeFileSync(at("runs", "copy.jsonl"), readFileSync(at("runs", "a.jsonl")));
    writeFileSync(at("runs", "notes.txt"), "not ours");
    for (const _ of [1, 2]) assert.deepEqual(ids(await store.list()), ["a"]);
    assert.deepEqual(told.sort(), [at("runs", "copy.jsonl"), at("runs", "foreign.jsonl")]);
    writeFileSync(at("runs", "foreign.jsonl"), "changed");
    await store.list();
    assert.equal(told.length, 3);
    assert.ok(existsSync(at("runs", "notes.txt")));
  });

  it("refuses ids that are no file names of its own", async () => {
    const store = open();
    for (const id of ["", "..", "../x", "a/b", "a\\b", "a.b", "a b", "ä", "x".repeat(129)]) {
      await rejects(store.read(id), "invalid-argument");
      await rejects(store.add(run(id)), "invalid-argument");
      await rejects(store.rename(id, "x"), "invalid-argument");
      await rejects(store.setPinned(id, true), "invalid-argument");
      await rejects(store.remove([id]), "invalid-argument");
    }
    assert.ok(!existsSync(at("runs")));
  });

  it("shares its folder with another store", async () => {
    const [one, other] = [open(), open()];
    const names = Array.from({ length: 12 }, (_, i) => `run-${String(i).padStart(2, "0")}`);
    await Promise.all(names.map((id, i) => (i % 2 ? one : other).add(run(id, i + 1))));
    assert.deepEqual(ids(await one.list()), names.toReversed());
    const work = names.flatMap((id, i) => [
      one.rename(id, `one ${i}`),
      other.rename(id, `other ${i}`),
      other.list(),
      one.setPinned(id, true),
    ]);
    await Promise.all(work);
    await other.remove(["run-00"]);
    const [seen, seenByOther] = [await one.list(), await other.list()];
    assert.deepEqual(seen, seenByOther);
    assert.deepEqual(ids(seen), names.slice(1).toReversed());
    for (const { id } of seen) assert.match((await one.read(id)).name ?? "", /^(one|other) \d+$/);
    assert.deepEqual(
      readdirSync(at("runs")).filter((name) => !name.endsWith(".jsonl")),
      [],
    );
  });

  it("removes what killed writers left, not what others write now", async () => {
    const store = open();
    await store.add(run("a"));
    for (const name of ["old.part", "new.part"]) writeFileSync(at("runs", name), "half");
    utimesSync(at("runs", "old.part"), new Date(), new Date(Date.now() - 2 * 3600 * 1000));
    await store.add(run("b"));
    assert.deepEqual(readdirSync(at("runs")).sort(), ["a.jsonl", "b.jsonl", "new.part"]);
  });

  it("tells of every change, and goes on after a failure", async () => {
    let changes = 0;
    const store = open({ onChange: () => changes++ });
    await rejects(store.rename("a", "x"), "not-found");
    await store.add(run("a"));
    await store.setPinned("a", true);
    await store.remove(["a"]);
    assert.equal(changes, 3);
  });
});
