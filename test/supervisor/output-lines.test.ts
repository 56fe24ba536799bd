import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { readLines, Tail } from "#supervisor/output-lines.ts";

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return lines;
}

describe("supervisor/output-lines", () => {
  it("puts lines together, also from halves of a character, and gives the last one without its end", async () => {
    const umlaut = Buffer.from("ü");
    assert.deepEqual(await linesOf("a", "b\r\n\n  \nc", umlaut.subarray(0, 1), umlaut.subarray(1), "\nend"), [
      "ab",
      "cü",
      "end",
    ]);
  });

  it("does not wait for the end of an endless line", async () => {
    const lines = await linesOf("x".repeat(5000), "y\nz\n");
    assert.ok(lines.length >= 2 && lines.every((line) => line.length <= 2000));
    assert.equal(lines.at(-1), "z");
  });

  it("keeps the last lines", () => {
    const tail = new Tail();
    for (let i = 0; i < 1000; i++) tail.add(String(i));
    assert.equal(tail.lines.at(-1), "999");
    assert.equal(tail.lines.length, 50);
  });
});
