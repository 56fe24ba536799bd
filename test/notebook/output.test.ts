import assert from "node:assert/strict";
import { AimError } from "#core/errors.ts";
import { errorOutput, RUN_MIME, runOutput } from "#notebook/output.ts";

describe("runOutput", () => {
  it("holds the record beside what other readers show", () => {
    const record = { version: 1, answer: "right" };
    assert.deepEqual(runOutput(record, "**right**"), {
      output_type: "display_data",
      data: { "application/vnd.aim.run+json": record, "text/markdown": "**right**", "text/plain": "**right**" },
      metadata: {},
    });
    assert.equal(RUN_MIME, "application/vnd.aim.run+json");
  });
});

describe("errorOutput", () => {
  it("has the code as name, and message and hint without a stack", () => {
    assert.deepEqual(
      errorOutput(new AimError("not-found", "no file a.mp4\nno file b.mp4", { hint: "check the path" })),
      {
        output_type: "error",
        ename: "not-found",
        evalue: "no file a.mp4\nno file b.mp4",
        traceback: ["no file a.mp4", "no file b.mp4", "hint: check the path"],
      },
    );
    assert.deepEqual(errorOutput(new AimError("io", "disk full")).traceback, ["disk full"]);
  });
});
