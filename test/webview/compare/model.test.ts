import assert from "node:assert/strict";
import type { RunRecord } from "#core/record.ts";
import { numberRuns, overlapLines, runMeasures, runTitle, tokenLines, warnings } from "#webview/compare/model.ts";
import { settingRows } from "#webview/compare/settings-rows.ts";
import { figuresTable, layersTable } from "#webview/compare/tables.ts";
import { tableCsv } from "#webview/ui/table.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const shown = (record: RunRecord, name = "") => ({ record, name, hasCell: false, canReplay: false });
const aim = syntheticRecord();
const half = syntheticRecord({ mergeSteps: [24] });
const full = syntheticRecord({ mergeSteps: [], prune: "off" });
const three = numberRuns([shown(aim, "1"), shown(half, "merge 50%"), shown(full, "Run 3")]);
const [first, second] = three;
assert.ok(first && second);

describe("numberRuns", () => {
  it("numbers runs, and leaves out names that say no more", () => {
    assert.deepEqual(three.map(runTitle), ["Run 1", "Run 2, merge 50%", "Run 3"]);
    assert.deepEqual(numberRuns([shown(aim, "2")]).map(runTitle), ["Run 1, 2"]);
  });

  it("takes six at most, which warnings say", () => {
    const seven = Array.from({ length: 7 }, () => shown(aim));
    assert.equal(numberRuns(seven).length, 6);
    assert.deepEqual(warnings(seven), ["Only the first 6 of 7 runs are shown."]);
  });
});

describe("warnings", () => {
  it("are none for one question about the same media on the same machine", () => {
    assert.deepEqual(warnings([shown(aim), shown(half), shown(full)]), []);
    assert.deepEqual(warnings([shown(aim), shown(syntheticRecord({ frames: 4 }))].slice(0, 1)), []);
  });

  it("name other questions, media and machines", () => {
    const other = (fields: Partial<RunRecord>) => warnings([shown(aim), shown(syntheticRecord({ fields }))]).join();
    assert.match(other({ question: "Why?" }), /^The runs answer different questions/);
    assert.match(other({ media: [] }), /^The runs saw different media/);
    assert.match(other({ device: "cuda" }), /^The runs differ in model, device or precision/);
  });
});

describe("settingRows", () => {
  it("tells settings that differ from those that do not", () => {
    const { differing, same } = settingRows([aim, half, full]);
    assert.deepEqual(differing, [
      { name: "method", values: ["aim", "aim", "full"] },
      { name: "merge", values: ["25%", "50%", "off"] },
      { name: "prune", values: ["4..7", "4..7", "off"] },
    ]);
    const names = same.map(({ name }) => name);
    assert.ok(names.includes("merge order") && names.includes("seed") && !names.includes("top-p"));
  });

  it("leaves out what is said by no run", () => {
    const { same } = settingRows([full, full]);
    assert.ok(!same.some(({ name }) => name === "merge order"));
  });
});

describe("tokenLines", () => {
  it("have the counts of the record at each layer", () => {
    for (const { run, points } of tokenLines(three)) {
      const { perLayer, text } = run.record.tokens;
      assert.deepEqual(
        points.map(({ value }) => value),
        perLayer.map((tokens) => tokens - text),
      );
    }
  });
});

describe("overlapLines", () => {
  it("are of the other runs, with no point where neither keeps any patch", () => {
    const { lines, missing } = overlapLines(three, first);
    assert.deepEqual([lines.map(({ run }) => run.number), missing], [[2, 3], []]);
    assert.deepEqual(
      lines.map(({ points }) => points.length),
      [7, 8],
    );
    assert.equal(lines[0]?.points[0]?.value, 1);
    assert.equal(lines[1]?.points[7]?.value, 0);
  });

  it("say which runs cannot be compared, and why", () => {
    const runs = numberRuns([shown(aim), shown(syntheticRecord({ frames: 4 })), shown(half)]);
    const [reference] = runs;
    assert.ok(reference);
    const { lines, missing } = overlapLines(runs, reference);
    assert.deepEqual(
      lines.map(({ run }) => run.number),
      [3],
    );
    assert.deepEqual(missing, [
      "Run 2 cannot be compared patch by patch with run 1: the runs saw different media or frames.",
    ]);
  });
});

describe("runMeasures", () => {
  it("add up to the figures of the records", () => {
    const { measures, note } = runMeasures(three);
    const ends = measures.map(({ bars }) => bars.map(({ seeing, rest }) => (seeing + rest).toPrecision(9)));
    const records = [aim, half, full];
    assert.deepEqual(ends, [
      records.map(({ cost }) => cost.exact.tflops.toPrecision(9)),
      records.map(({ cost }) => cost.aim.tflops.toPrecision(9)),
      records.map(({ timeMs }) => timeMs.firstToken.toPrecision(9)),
    ]);
    assert.equal(note, undefined);
  });
});

describe("the tables", () => {
  it("have the figures of every record, a run a row", () => {
    const { columns, rows } = figuresTable(three);
    const at = (row: number, key: string) => rows[row]?.[columns.findIndex((column) => column.key === key)];
    assert.equal(new Set(columns.map(({ key }) => key)).size, columns.length);
    assert.equal(rows.length, 3);
    assert.deepEqual([at(2, "exactTflops"), at(1, "aimRatio")], [full.cost.exact.tflops, half.cost.aim.ratio]);
    assert.deepEqual([at(1, "name"), at(0, "mergedTokens"), at(0, "lastLayerTokens")], ["merge 50%", 105, 0]);
    assert.ok(rows.every((row) => row.length === columns.length));
  });

  it("shorten a long answer on the page, but not in files", () => {
    const answer = "a long answer ".repeat(9).trim();
    const table = figuresTable(numberRuns([shown(syntheticRecord({ fields: { answer } }))]));
    const column = table.columns.findIndex(({ key }) => key === "answer");
    assert.equal(table.columns[column]?.format?.(table.rows[0]?.[column] ?? null).length, 28);
    assert.ok(tableCsv(table).includes(answer));
  });

  it("have what the charts show, a layer a row", () => {
    const { columns, rows } = layersTable(tokenLines(three), overlapLines(three, first).lines);
    assert.deepEqual(
      columns.map(({ key }) => key),
      ["layer", "tokens1", "tokens2", "tokens3", "overlap2", "overlap3"],
    );
    assert.deepEqual(rows[0]?.slice(0, 5), [0, 105, 201, 393, 1]);
    assert.equal(rows[7]?.[4], null);
  });
});
