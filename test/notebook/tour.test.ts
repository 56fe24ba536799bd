import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { effectiveCell } from "#notebook/cascade.ts";
import { readNotebook } from "#notebook/file.ts";
import { tourText } from "../../tools/make-tour.ts";

const MEDIA = path.join(import.meta.dirname, "../../media");

interface Manifest {
  readonly samples: readonly { readonly file: string; readonly qa: readonly { readonly question: string }[] }[];
}

describe("media/tour.aimnb", () => {
  const text = readFileSync(path.join(MEDIA, "tour.aimnb"), "utf8");
  const { cells } = readNotebook(text);
  const runs = cells.flatMap(({ cell_type, id }, index) =>
    cell_type === "code" ? [{ id, ...effectiveCell(cells, index) }] : [],
  );

  it("is what tools/make-tour.ts makes", () => {
    assert.equal(text, tourText());
  });

  it("has no mistakes, and only cells of defaults lack a question", () => {
    assert.deepEqual(
      runs.flatMap(({ errors }) => errors),
      [],
    );
    assert.deepEqual(
      runs.filter(({ question }) => question === "").map(({ id }) => id),
      ["defaults"],
    );
  });

  it("asks what the samples can answer", () => {
    const { samples }: Manifest = JSON.parse(readFileSync(path.join(MEDIA, "samples/manifest.json"), "utf8"));
    for (const { question, media } of runs.filter((run) => run.question !== "")) {
      assert.ok(media.length > 0, question);
      for (const medium of media) assert.ok(existsSync(path.join(MEDIA, medium.path)), medium.path);
      const files = media.map((medium) => path.basename(medium.path));
      const known = samples
        .filter(({ file }) => files.includes(file))
        .flatMap(({ qa }) => qa.map((each) => each.question));
      assert.ok(known.includes(question), question);
    }
  });

  it("fits the demo model's context with every token kept", () => {
    const tokens = { video: 8 * 49 + 1, image: 196 + 1 };
    for (const { question, media } of runs) {
      const visual = media.reduce((sum, { kind }) => sum + tokens[kind], 0);
      assert.ok(visual + question.length + 100 <= 1024, question);
    }
  });
});
