import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { comparisonFromJson } from "#core/comparison.ts";
import { recordFromJson } from "#core/record-codec.ts";
import { readNotebook, writeNotebook } from "#notebook/file.ts";
import { createNotebook } from "#notebook/nbformat.ts";
import { RUN_MIME } from "#notebook/output.ts";
import { assertFailed, runAim } from "../support/run-aim.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const SAMPLES = path.resolve("media/samples");

describe("aim run", function () {
  this.timeout(120_000);
  const at = temporaryFolder();
  const write = (...cells: string[]) => {
    const code = cells.map(
      (source, i) =>
        ({ cell_type: "code", id: `cell-${i}`, metadata: {}, execution_count: null, outputs: [], source }) as const,
    );
    writeFileSync(at("book.aimnb"), writeNotebook(createNotebook(code)));
  };

  it("runs the Tour: every cell gets an answer, with and without --json", async () => {
    const { code, out, err } = await runAim(["run", "media/tour.aimnb", "--report", at("tour.html")]);
    assert.equal(code, 0, err);
    assert.match(out, /> Which way does the star move\?\nright\n/);
    assert.match(out, /report: .*tour\.html/);
    assert.match(readFileSync(at("tour.html"), "utf8"), /Which way does the star move/);
    const runs = JSON.parse((await runAim(["run", "media/tour.aimnb", "--json"])).out);
    assert.equal(runs.length, 10);
    const all = runs.flatMap((run: { comparison?: unknown[] }) => run.comparison ?? [run]);
    assert.equal(all.length, 12);
    for (const run of all) assert.ok(run.answer.length > 0 && run.timeMs.total > 0);
  });

  it("hands defaults down and writes outputs back, which other readers understand, too", async () => {
    write(
      `%image ${SAMPLES}/four-shapes.jpg\n%merge 50%`,
      "How many shapes are there?",
      "%merge off\nWhat color is the star?",
    );
    const { code, err } = await runAim(["run", at("book.aimnb"), "--write"]);
    assert.equal(code, 0, err);
    const [defaults, first, second] = readNotebook(readFileSync(at("book.aimnb"), "utf8")).cells;
    assert.ok(defaults?.cell_type === "code" && first?.cell_type === "code" && second?.cell_type === "code");
    assert.deepEqual(defaults.outputs, []);
    assert.deepEqual([first.execution_count, second.execution_count], [1, 2]);
    const data = first.outputs[0]?.data as Record<string, unknown>;
    assert.match(String(data["text/markdown"]), /^four\n\n\*196 → 99 → 0 visual tokens/);
    const record = recordFromJson(data[RUN_MIME]);
    assert.equal(record.answer, "four");
    assert.equal(record.settings.merge.retention, 0.5);
  });

  it("ends at the first cell that fails, and keeps the error in the notebook", async () => {
    write(`%image ${SAMPLES}/missing.jpg\nHow many?`, "never asked");
    const result = await runAim(["run", at("book.aimnb"), "-o", at("out.aimnb"), "--json"]);
    assert.equal(result.code, 1);
    assert.match(result.err, /^error: .*missing\.jpg/);
    assert.equal(JSON.parse(result.out).length, 1);
    const [failed, after] = readNotebook(readFileSync(at("out.aimnb"), "utf8")).cells;
    assert.ok(failed?.cell_type === "code" && after?.cell_type === "code");
    assert.equal(failed.outputs[0]?.output_type, "error");
    assert.deepEqual(after.outputs, []);
  });

  it("compares settings in one cell, and reports them side by side", async () => {
    write(`%image ${SAMPLES}/four-shapes.jpg\n%compare full\n%compare merge=50%\nHow many shapes are there?`);
    const { code, out, err } = await runAim(["run", at("book.aimnb"), "--write", "--report", at("book.html")]);
    assert.equal(code, 0, err);
    assert.match(out, /\nfull:\n {2}four\n[\s\S]*\nmerge 50%:\n {2}four\n/);
    const [cell] = readNotebook(readFileSync(at("book.aimnb"), "utf8")).cells;
    assert.ok(cell?.cell_type === "code" && cell.outputs.length === 1);
    const data = cell.outputs[0]?.data as Record<string, unknown>;
    const runs = comparisonFromJson(data[RUN_MIME]);
    assert.deepEqual(
      runs.map(({ label, record }) => [label, record.settings.method, record.settings.merge.retention]),
      [
        ["full", "full", 1],
        ["merge 50%", "aim", 0.5],
      ],
    );
    assert.notEqual(runs[0]?.record.id, runs[1]?.record.id);
    assert.match(String(data["text/markdown"]), /\| merge 50% \| four \| 196 → 99 → 0 \|/);
    assert.match(readFileSync(at("book.html"), "utf8"), /"kind":"comparison"/);
    const [json] = JSON.parse((await runAim(["run", at("book.aimnb"), "--json"])).out);
    assert.deepEqual(
      json.comparison.map((run: { label: string; answer: string }) => [run.label, run.answer]),
      [
        ["full", "four"],
        ["merge 50%", "four"],
      ],
    );
  });

  it("names the setting that fails", async () => {
    write(`%image ${SAMPLES}/four-shapes.jpg\n%compare full\n%compare prune=20..30\nHow many?`);
    const { code, err } = await runAim(["run", at("book.aimnb")]);
    assert.equal(code, 1);
    assert.match(err, /^error: 2 of 2: prune 20\.\.30: prune 20\.\.30 does not fit/);
  });

  it("says where a cell is wrong", async () => {
    const fails = async (cell: string, message: RegExp, hint: RegExp) => {
      write(cell);
      const { code, err, out } = await runAim(["run", at("book.aimnb"), "--json"]);
      assertFailed({ code, err, out: out.startsWith("[") ? "" : out }, message, hint);
    };
    await fails("%imge x.jpg\nWhat?", /cell 1, line 1: .*imge/, /%?image/);
    await fails("%merge 120%\nWhat?", /cell 1, line 1: .*120%/, /25%/);
    await fails("%prune 7..4\nWhat?", /cell 1, line 1: .*7\.\.4/, /14\.\.22|4\.\.7/);
    await fails("%max_tokens lots\nWhat?", /cell 1, line 1: .*lots/, /whole number/);
    await fails("%prune 20..30\nWhat?", /20\.\.30 does not fit.*8 layers/, /7/);
  });

  it("says what is wrong with a file that is no notebook", async () => {
    assertFailed(await runAim(["run", at("missing.aimnb")]), /cannot be read/);
    writeFileSync(at("book.aimnb"), "{");
    assertFailed(await runAim(["run", at("book.aimnb")]), /not JSON/);
    assertFailed(await runAim(["run"]), /give one notebook/);
  });
});
