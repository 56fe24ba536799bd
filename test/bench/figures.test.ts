import assert from "node:assert/strict";
import { median } from "./measure/figure.ts";
import { readOptions } from "./options.ts";
import { exponent } from "./stages/exponent.ts";
import { medians } from "./stages/prefill.ts";
import { figure, table } from "./table.ts";

describe("the bench's figures", () => {
  it("are medians, each by itself", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.ok(Number.isNaN(median([])));
    assert.deepEqual(
      medians([
        { a: 1, b: 30 },
        { a: 9, b: 10 },
        { a: 2, b: 20 },
      ]),
      { a: 2, b: 20 },
    );
    assert.equal(medians([]), undefined);
  });

  it("tell growth as a power", () => {
    const points = [8, 16, 64].map((x) => [x, 3 * x ** 1.5] as const);
    assert.ok(Math.abs(exponent(points) - 1.5) < 1e-12);
    assert.ok(Number.isNaN(exponent([[8, 1]])));
  });

  it("are written with three digits that count, in tables whose columns line up", () => {
    assert.deepEqual([12_345.6, 123.4, 12.34, 1.234, Number.NaN].map(figure), ["12,346", "123", "12.3", "1.23", "-"]);
    assert.equal(table(["", "ms"], [["a", "1"]]), "|     |  ms |\n| --- | --: |\n| a   |   1 |");
  });

  it("come from the stages that were asked for", () => {
    assert.deepEqual(readOptions(["--only", "vision,decode", "--threads", "2"])?.only, ["vision", "decode"]);
    assert.deepEqual(readOptions(["--only", ""])?.only, []);
    assert.throws(() => readOptions(["--only", "visoin"]), /unknown stage/);
    assert.throws(() => readOptions(["--rounds", "0"]), /--rounds/);
    assert.throws(() => readOptions(["--quik"]), /--quik/);
  });
});
