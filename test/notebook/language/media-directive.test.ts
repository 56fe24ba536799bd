import assert from "node:assert/strict";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { parseCell } from "#notebook/cell.ts";
import { insertDirectives, mediaDirectives } from "#notebook/language/media-directive.ts";
import { arbitraryText, cursor, replaced } from "./cursor.ts";

describe("mediaDirectives", () => {
  it("names pictures and videos by their extension, and leaves out other files", () => {
    const paths = ["/nb/clips/a b.MP4", "/nb/c.jpg", "/nb/notes.txt", "/nb/n frames=3.gif", "/far/away/d.png"];
    assert.deepEqual(mediaDirectives(paths, "/nb"), [
      "%video clips/a b.MP4",
      "%image c.jpg",
      '%video "n frames=3.gif"',
      "%image /far/away/d.png",
    ]);
  });

  it("refuses a name that no line can hold", () => {
    assert.throws(() => mediaDirectives(["/nb/a\nb.jpg"], "/nb"), AimError);
  });
});

describe("insertDirectives", () => {
  const DROPPED = ["%image a.jpg", "%video b.mp4"];
  const cases: readonly (readonly [string, string])[] = [
    ["|", "%image a.jpg\n%video b.mp4\n"],
    ["Wh|at?", "%image a.jpg\n%video b.mp4\nWhat?"],
    ["%seed 1\n%% note\nWhat?|\nWhy?", "%seed 1\n%% note\n%image a.jpg\n%video b.mp4\nWhat?\nWhy?"],
    ["%se|ed 1\n%top_p 1\nWhat?", "%seed 1\n%image a.jpg\n%video b.mp4\n%top_p 1\nWhat?"],
    ["%seed 1|", "%seed 1\n%image a.jpg\n%video b.mp4"],
    ["%seed 1\n|", "%seed 1\n%image a.jpg\n%video b.mp4\n"],
    ["What?\n%se|ed 1\nWhy?", "What?\n%seed 1\n%image a.jpg\n%video b.mp4\nWhy?"],
    ["%seed 1\r\nWh|at?", "%seed 1\r\n%image a.jpg\r\n%video b.mp4\r\nWhat?"],
  ];
  for (const [marked, result] of cases) {
    it(`makes ${JSON.stringify(result)} of ${JSON.stringify(marked)}`, () => {
      const { source, position } = cursor(marked);
      assert.equal(replaced(source, insertDirectives(source, position, DROPPED)), result);
    });
  }

  it("adds the media and changes nothing else, anywhere in any text", () => {
    fc.assert(
      fc.property(arbitraryText, fc.nat(4), (source, line) => {
        const before = parseCell(source);
        const after = parseCell(replaced(source, insertDirectives(source, { line, character: 0 }, DROPPED)));
        assert.equal(after.question, before.question);
        assert.equal(after.directives.length, before.directives.length + 2);
        assert.deepEqual(
          after.directives.flatMap(({ settings }) => settings.media ?? []).filter(({ path }) => path === "b.mp4")
            .length,
          1 +
            before.directives.flatMap(({ settings }) => settings.media ?? []).filter(({ path }) => path === "b.mp4")
              .length,
        );
        assert.equal(replaced(source, insertDirectives(source, { line, character: 0 }, [])), source);
      }),
    );
  });
});
