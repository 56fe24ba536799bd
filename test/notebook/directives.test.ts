import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseCell } from "#notebook/cell.ts";
import { usage } from "#notebook/directive.ts";
import { DIRECTIVES } from "#notebook/directives.ts";

describe("DIRECTIVES", () => {
  for (const directive of DIRECTIVES) {
    describe(`%${directive.name}`, () => {
      it("has an example that is right", () => {
        const { directives, errors } = parseCell(directive.example);
        assert.deepEqual(errors, []);
        assert.equal(directives[0]?.directive, directive);
        assert.notDeepEqual(directives[0]?.settings, {});
      });

      it("reads the words that it offers", () => {
        for (const argument of [directive.value, ...Object.values(directive.options)]) {
          for (const word of argument.words) assert.doesNotThrow(() => argument.read(word), word);
        }
      });

      it("is in the documentation", () => {
        const page = readFileSync(path.join(import.meta.dirname, "../../docs/notebook.md"), "utf8");
        assert.ok(page.includes(`\`${usage(directive)}\``), usage(directive));
      });
    });
  }

  it("has each name once", () => {
    assert.equal(new Set(DIRECTIVES.map(({ name }) => name)).size, DIRECTIVES.length);
  });

  it("shows options in usage lines", () => {
    const video = DIRECTIVES.find(({ name }) => name === "video");
    assert.equal(video && usage(video), "%video PATH [frames=32] [start=1:20] [end=2:00]");
  });
});
