import assert from "node:assert/strict";
import { pacedImport } from "#kernel/paced-import.ts";

describe("kernel/paced-import", () => {
  it("tells the first and the last of each stage, and at most ten a second in between", () => {
    const told: unknown[][] = [];
    let ms = 0;
    const tell = pacedImport(
      (...progress) => told.push(progress),
      () => ms,
    );
    for (const stage of ["download", "convert"] as const) {
      for (let done = 0; done <= 1000; done++, ms++) tell(stage, done, 1000);
    }
    const between = Array.from({ length: 9 }, (_, i) => 100 * (i + 1));
    const expected = [0, ...between, 1000];
    assert.deepEqual(
      told,
      (["download", "convert"] as const).flatMap((stage) => expected.map((done) => [stage, done, 1000])),
    );
  });

  it("holds back nothing of a stage without a length", () => {
    const told: unknown[][] = [];
    const tell = pacedImport(
      (...progress) => told.push(progress),
      () => 0,
    );
    tell("check", 5, 10);
    tell("check", 0, 0);
    assert.deepEqual(told, [
      ["check", 5, 10],
      ["check", 0, 0],
    ]);
  });
});
