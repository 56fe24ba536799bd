import assert from "node:assert/strict";
import fc from "fast-check";
import { type Cell, type Table, tableCsv, tableJson } from "#webview/ui/table.ts";

const table = (...rows: Cell[][]): Table => ({
  columns: [
    { key: "name", title: "Name" },
    { key: "flops", title: "FLOPs", isNumber: true },
  ],
  rows,
});

describe("a table in a file", () => {
  it("is CSV with a line of headings and quotes where they are needed", () => {
    const csv = tableCsv(table(["vision tower", 1.5], ['a "b", c', null], ["two\nlines", 0]));
    assert.equal(csv, 'name,flops\r\nvision tower,1.5\r\n"a ""b"", c",\r\n"two\nlines",0\r\n');
  });

  it("is JSON with an object for each row", () => {
    assert.deepEqual(JSON.parse(tableJson(table(["merge", 2], ["prune", null]))), [
      { name: "merge", flops: 2 },
      { name: "prune", flops: null },
    ]);
  });

  it("gives a spreadsheet no formula", () => {
    for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"]) {
      assert.ok(
        tableCsv(table([text, 1]))
          .split("\r\n")[1]
          ?.includes(`'${text}`),
        text,
      );
    }
  });

  it("has as many lines as rows and one, whatever is in it", () => {
    const row = fc.tuple(fc.string(), fc.double({ noNaN: true }));
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const unquoted = tableCsv(table(...rows)).replaceAll(/"(?:[^"]|"")*"/g, "");
        assert.equal(unquoted.split("\r\n").length, rows.length + 2);
      }),
    );
  });
});
