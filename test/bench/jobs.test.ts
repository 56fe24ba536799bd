import assert from "node:assert/strict";
import { type Job, measureAll } from "./jobs.ts";
import { Progress } from "./progress.ts";

class SilentProgress extends Progress {
  readonly lines: string[] = [];
  override say(text: string): void {
    this.lines.push(text);
  }
}

const job = (id: string, rounds: number): Job<{ round: number }> => ({
  id,
  rounds,
  script: "x.ts",
  flags: [],
  seconds: 1,
});

describe("measureAll", () => {
  it("takes jobs in turn, equal ones once, and keeps each one's figures by round", async () => {
    const order: string[] = [];
    const measure = async ({ id }: Job<unknown>) => ({ round: order.push(id) });
    const jobs = [job("a", 2), job("b", 1), job("a", 2), job("c", 3)];
    const results = await measureAll(jobs, measure, new SilentProgress());
    assert.deepEqual(order, ["a", "b", "c", "a", "c", "c"]);
    assert.deepEqual(results.of(job("a", 2)), [{ round: 1 }, { round: 4 }]);
    assert.deepEqual(results.of(job("unknown", 1)), []);
  });

  it("goes on when one fails, which it names", async () => {
    const tried: string[] = [];
    const measure = async ({ id }: Job<unknown>) => {
      tried.push(id);
      if (id === "a") throw new Error("no memory");
      return { round: 1 };
    };
    const results = await measureAll([job("a", 2), job("b", 1)], measure, new SilentProgress());
    assert.deepEqual(tried, ["a", "b"]);
    assert.deepEqual(results.failures, ["a: no memory"]);
    assert.deepEqual(results.of(job("a", 2)), []);
    assert.equal(results.of(job("b", 1)).length, 1);
  });

  it("says what it measures, and after the first job for how long still", async () => {
    const progress = new SilentProgress();
    await measureAll([job("a", 1), job("b", 2)], async () => ({}), progress);
    assert.equal(progress.lines[0], "a");
    assert.match(progress.lines[1] ?? "", /^b, round 1 of 2 \(about \d+ s left\)$/);
    assert.match(progress.lines.at(-1) ?? "", /^measured for \d+ s$/);
  });
});
