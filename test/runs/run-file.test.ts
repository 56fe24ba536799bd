import assert from "node:assert/strict";
import fc from "fast-check";
import { recordToJson } from "#core/record-codec.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";
import { readRunFile, runFileText } from "#runs/run-file.ts";
import { readStored, readSummary, type StoredRun, storedText } from "#runs/stored-run.ts";
import { assertAimError } from "../support/assert-error.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const request: AskRequest = {
  question: "What moves?",
  media: [{ kind: "video", path: "/home/ada/kitchen.mp4", frames: 8, start: 1.5 }],
  model: "/home/ada/models/llava",
  base: "/home/ada",
  device: "cpu",
  settings: { method: "aim", merge: { retention: 0.25 }, prune: { kind: "linear", firstLayer: 4, lastLayer: 7 } },
};
const run: StoredRun = {
  record: syntheticRecord(),
  name: "the disc",
  notebook: "notes/disc.aimnb",
  isPinned: true,
  request,
};

describe("a run file", () => {
  it("holds the run with its name and its notebook", () => {
    const { record, name, notebook } = run;
    assert.deepEqual(readRunFile(runFileText(run)), { record, name, notebook });
  });

  it("tells nothing of the machine that it comes from", () => {
    assert.doesNotMatch(runFileText(run), /home|request|isPinned/);
  });

  it("never brings a question of somebody else's along", () => {
    const forged = JSON.stringify({ ...JSON.parse(runFileText(run)), request });
    assert.ok(!("request" in readRunFile(forged)));
  });

  it("of something else is refused with what to do", () => {
    const hint = /choose a file that AIM exported \(\*\.aimrun\)/;
    for (const foreign of [
      "[]",
      "{}",
      "null",
      '{"format":"other","version":1}',
      JSON.stringify(recordToJson(run.record)),
    ]) {
      assertAimError(() => readRunFile(foreign), {
        code: "invalid-argument",
        message: /the file does not hold a run/,
        hint,
      });
    }
    assertAimError(() => readRunFile("PK"), {
      code: "invalid-argument",
      message: /not JSON/,
      hint: /export the run again/,
    });
  });

  it("of a later format is refused with its version", () => {
    const later = JSON.stringify({ ...JSON.parse(runFileText(run)), version: 2 });
    assertAimError(() => readRunFile(later), { code: "invalid-argument", message: /version 2/, hint: /newer/ });
  });

  it("with a damaged record is refused with the place of the damage", () => {
    const damaged = { ...JSON.parse(runFileText(run)), record: { ...Object(recordToJson(run.record)), answer: 7 } };
    assertAimError(() => readRunFile(JSON.stringify(damaged)), {
      code: "invalid-argument",
      message: /record\.answer must be a text, got 7/,
      hint: /make it again/,
    });
  });
});

describe("a stored run", () => {
  it("comes back as it was, with its request", () => {
    assert.deepEqual(readStored(storedText(run)), run);
    const bare: StoredRun = { record: run.record, isPinned: false };
    assert.deepEqual(readStored(storedText(bare)), bare);
  });

  it("comes back whatever its first line is", () => {
    const [, body] = storedText(run).split("\n");
    assert.deepEqual(readStored(`what is this\n${body}\n`), run);
  });

  it("begins with a summary of at most 16 KB, whatever the texts are", () => {
    const texts = fc.string({
      unit: fc.constantFrom("\u0001", "\ud800", "é", "中", "x", "\n"),
      minLength: 190,
      maxLength: 500,
    });
    fc.assert(
      fc.property(texts, fc.nat(30), (long, count) => {
        const [medium] = run.record.media;
        const media = medium ? Array.from({ length: count }, () => ({ ...medium, name: long })) : [];
        const record = { ...run.record, question: long, answer: long, startedAt: long, media };
        const text = storedText({ ...run, record, name: long, notebook: long });
        const start = Buffer.from(text)
          .subarray(0, 16 * 1024)
          .toString();
        assert.equal(readSummary(start).media.length, Math.min(10, count));
      }),
      { numRuns: 30 },
    );
  });

  it("with a request that is none is refused with the place", () => {
    const [head, body = ""] = storedText(run).split("\n");
    const edited = JSON.stringify({ ...JSON.parse(body), request: { ...request, media: "all" } });
    assertAimError(() => readStored(`${head}\n${edited}\n`), {
      code: "invalid-argument",
      message: /run\.request\.media must be a list/,
      hint: /make it again/,
    });
  });
});
