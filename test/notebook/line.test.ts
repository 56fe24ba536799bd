import assert from "node:assert/strict";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { formatDirective, quoteValue, splitDirective } from "#notebook/line.ts";

/** The pieces as texts, and each piece as its span shows it in the line. */
function pieces(content: string) {
  const { name, value, options, strays, unclosed } = splitDirective(content, 0);
  const shown = (word: { start: number; end: number } | undefined) => word && content.slice(word.start, word.end);
  return {
    name: name.text,
    value: value?.text,
    options: options.map((option) => [option.name.text, option.value.text]),
    strays: strays.map(({ text }) => text),
    unclosed: unclosed?.text,
    shown: [name, value, ...options.flatMap((option) => [option.name, option.value]), ...strays, unclosed].map(shown),
  };
}

describe("splitDirective", () => {
  it("takes name, value and options apart and says where they stand", () => {
    assert.deepEqual(splitDirective("%video a.mp4 frames=32", 3), {
      line: 3,
      start: 0,
      end: 22,
      name: { line: 3, start: 0, end: 6, text: "video" },
      value: { line: 3, start: 7, end: 12, text: "a.mp4" },
      options: [
        {
          name: { line: 3, start: 13, end: 19, text: "frames" },
          value: { line: 3, start: 20, end: 22, text: "32" },
        },
      ],
      strays: [],
      unclosed: undefined,
    });
  });

  it("counts columns in UTF-16 code units", () => {
    const { value, options } = splitDirective("%image 😀 é.jpg x=1", 0);
    assert.deepEqual([value?.start, value?.end, options[0]?.name.start], [7, 15, 16]);
  });

  it("takes an unquoted path with spaces up to the next option", () => {
    const { value, options } = pieces("%video \t my = holiday, 1.mp4   start=1:20\tend=2:00  ");
    assert.equal(value, "my = holiday, 1.mp4");
    assert.deepEqual(options, [
      ["start", "1:20"],
      ["end", "2:00"],
    ]);
  });

  it("keeps what looks like an option inside quotes", () => {
    const { value, options, shown } = pieces('%image "a frames=3 \\"b\\" \\\\c.jpg" x=');
    assert.equal(value, 'a frames=3 "b" \\c.jpg');
    assert.deepEqual(options, [["x", ""]]);
    assert.equal(shown[1], '"a frames=3 \\"b\\" \\\\c.jpg"');
  });

  it("leaves other backslashes alone, as in Windows paths", () => {
    assert.equal(pieces('%image "C:\\new folder\\a.jpg"').value, "C:\\new folder\\a.jpg");
    assert.equal(pieces("%image \\\\server\\share\\a.jpg").value, "\\\\server\\share\\a.jpg");
  });

  it("finds text that belongs to nothing", () => {
    assert.deepEqual(pieces('%image "a.jpg"b c').strays, ["b c"]);
    assert.deepEqual(pieces("%video frames=3 a.mp4 end=4 b").strays, ["a.mp4", "b"]);
    assert.equal(pieces("%video frames=3 a.mp4").value, undefined);
  });

  it("gives the rest of the line to a quote that is not closed", () => {
    assert.equal(pieces('%image "a.jpg\\" x=1 ').unclosed, '"a.jpg\\" x=1');
    assert.deepEqual(pieces('%image "a.jpg\\" x=1 ').options, []);
  });

  it("reads a lone percent sign as an empty name", () => {
    assert.deepEqual(pieces("%").shown, ["%", undefined, undefined]);
    assert.deepEqual(pieces("% image a.jpg").name, "");
  });

  it("loses no text: whatever is not blank, `%` or `=` is in one piece", () => {
    const chars = fc.constantFrom("a", "=", " ", "\t", '"', "\\", "b", "%", "é", "😀");
    fc.assert(
      fc.property(fc.string({ unit: chars, maxLength: 40 }), (rest) => {
        const content = `%${rest}`;
        const { shown } = pieces(content);
        const count = (text: string) => text.replaceAll(/[ \t=]/g, "").length;
        const total = shown.reduce((sum, text) => sum + count(text ?? ""), 0);
        assert.equal(total, count(content));
      }),
    );
  });
});

describe("formatDirective", () => {
  it("quotes only where it must", () => {
    assert.equal(formatDirective("video", "my clip.mp4", { frames: "32" }), "%video my clip.mp4 frames=32");
    assert.equal(formatDirective("video", "a x=1.mp4"), '%video "a x=1.mp4"');
    assert.equal(quoteValue('"a\\b"'), '"\\"a\\\\b\\""');
    assert.equal(quoteValue("C:\\a.jpg"), "C:\\a.jpg");
    assert.equal(quoteValue(" a"), '" a"');
  });

  it("writes what splitDirective reads back", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.string({ unit: fc.constantFrom("a", "=", " ", "\t", '"', "\\", "%"), minLength: 1 }),
    );
    const options = fc.dictionary(fc.stringMatching(/^[a-z_]\w{0,5}$/), fc.stringMatching(/^[^ \t\r\n]{1,8}$/), {
      maxKeys: 3,
    });
    fc.assert(
      fc.property(value, options, (text, given) => {
        fc.pre(!/[\r\n]/.test(text));
        const read = pieces(formatDirective("video", text, given));
        assert.deepEqual([read.name, read.value, read.options], ["video", text, Object.entries(given)]);
        assert.deepEqual([read.strays, read.unclosed], [[], undefined]);
      }),
    );
  });

  it("refuses what no line can hold", () => {
    const refused = { name: "AimError", code: "invalid-argument" };
    assert.throws(() => quoteValue(""), refused);
    assert.throws(() => quoteValue("a\nb.jpg"), refused);
    assert.throws(() => formatDirective("video", "a.mp4", { frames: "3 2" }), refused);
    assert.throws(() => formatDirective("video", "a.mp4", { frames: "" }), AimError);
  });
});
