import assert from "node:assert/strict";
import fc from "fast-check";
import { formatQuestion, parseCell } from "#notebook/cell.ts";

/** Each error of a cell: what it underlines, what it says, what it suggests. */
function errorsOf(text: string) {
  const lines = text.split(/\r\n|\r|\n/);
  return parseCell(text).errors.map(({ line, start, end, message, suggestion }) => ({
    at: lines[line]?.slice(start, end),
    message,
    suggestion,
  }));
}

describe("parseCell", () => {
  it("takes directives, comments and the question apart", () => {
    const { question, directives, errors } = parseCell(
      "%video clips/kitchen.mp4 frames=32 start=1:20\n%% a comment\n%merge 25% order=spatial\n\nWhat does\n100 % mean?\n",
    );
    assert.equal(question, "What does\n100 % mean?");
    assert.deepEqual(errors, []);
    assert.deepEqual(
      directives.map(({ settings }) => settings),
      [
        { media: [{ kind: "video", path: "clips/kitchen.mp4", frames: 32, start: 80 }] },
        { patch: { merge: { retention: 0.25, order: "spatial" } } },
      ],
    );
    assert.deepEqual(
      directives.map(({ line }) => line),
      [0, 2],
    );
  });

  it("reads every directive", () => {
    const said = (line: string) => {
      const { directives, errors } = parseCell(line);
      assert.deepEqual(errors, [], line);
      return directives[0]?.settings;
    };
    assert.deepEqual(said("%image a b.jpg"), { media: [{ kind: "image", path: "a b.jpg" }] });
    assert.deepEqual(said("%video a.mp4 end=2"), { media: [{ kind: "video", path: "a.mp4", end: 2 }] });
    assert.deepEqual(said("%frames 16"), { patch: { frames: 16 } });
    assert.deepEqual(said('%model "/models/a b"'), { model: "/models/a b" });
    assert.deepEqual(said("%device webgpu"), { device: "webgpu" });
    assert.deepEqual(said("%precision int8"), { precision: "int8" });
    assert.deepEqual(said("%method full"), { patch: { method: "full" } });
    assert.deepEqual(said("%merge off"), { patch: { merge: { retention: 1 } } });
    assert.deepEqual(said("%merge 0.5 weighting=size"), { patch: { merge: { retention: 0.5, weighting: "size" } } });
    assert.deepEqual(said("%prune 4..7"), { patch: { prune: { kind: "linear", firstLayer: 4, lastLayer: 7 } } });
    assert.deepEqual(said("%prune 4 .. 7"), { patch: { prune: { kind: "linear", firstLayer: 4, lastLayer: 7 } } });
    const steps = [
      { layer: 2, retention: 0.5 },
      { layer: 4, retention: 0 },
    ];
    assert.deepEqual(said("%prune 2:50%,4:0%"), { patch: { prune: { kind: "steps", steps } } });
    assert.deepEqual(said("%prune off"), { patch: { prune: "off" } });
    assert.deepEqual(said("%max_tokens 9"), { patch: { maxTokens: 9 } });
    assert.deepEqual(said("%temperature 0.7"), { patch: { temperature: 0.7 } });
    assert.deepEqual(said("%top_p 0.9"), { patch: { topP: 0.9 } });
    assert.deepEqual(said("%seed 7"), { patch: { seed: 7 } });
  });

  it("takes a line as a directive only if the percent sign is its first character", () => {
    assert.equal(parseCell(" %image a.jpg").question, "%image a.jpg");
    assert.equal(parseCell(" %image a.jpg").directives.length, 0);
  });

  it("takes one backslash from a line of the question that begins with a percent sign", () => {
    assert.equal(parseCell("\\%image is what?\n\\\\% and\n\\n stays").question, "%image is what?\n\\% and\n\\n stays");
  });

  it("knows all three line breaks", () => {
    const { question, directives } = parseCell("%seed 1\r\na\r%top_p 1\nb");
    assert.equal(question, "a\nb");
    assert.deepEqual(
      directives.map(({ name }) => [name.text, name.line]),
      [
        ["seed", 0],
        ["top_p", 2],
      ],
    );
  });

  it("suggests the directive, the option and the word that was meant", () => {
    assert.deepEqual(errorsOf("%vidoe a.mp4"), [
      { at: "%vidoe", message: "unknown directive %vidoe", suggestion: "%video" },
    ]);
    assert.deepEqual(errorsOf("%video a.mp4 frmes=3"), [
      { at: "frmes", message: "%video has no option frmes=", suggestion: "frames" },
    ]);
    assert.deepEqual(errorsOf("%device gpu"), [
      { at: "gpu", message: 'unknown device, got "gpu"', suggestion: "webgpu" },
    ]);
    assert.equal(errorsOf("%merge of")[0]?.suggestion, "off");
    assert.equal(errorsOf("%merge 25% order=spacial")[0]?.suggestion, "spatial");
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ["a directive without a name", "%", /needs a name/],
    ["a missing value", "%video", /%video needs a value/],
    ["an empty quoted value", '%image ""', /%image needs a value/],
    ["an option without a value", "%video a.mp4 frames=", /frames= needs a value/],
    ["a quote that is not closed", '%image "a.jpg', /closing " is missing/],
    ["text behind a quoted value", '%image "a.jpg" b', /unexpected "b"/],
    ["a value behind the options", "%video frames=3 a.mp4", /unexpected "a.mp4"/],
    ["an option of a directive that has none", "%image a.jpg x=1", /%image has no option x=/],
    ["a share out of range", "%merge 120%", /merge must be/],
    ["a schedule that ends before it starts", "%prune 7..4", /prune must be two layers/],
    ["a number out of range", "%temperature 9", /temperature must be/],
    ["a number that is not whole", "%seed 1.5", /seed must be/],
    ["a time that is none", "%video a.mp4 start=soon", /a time must be/],
    ["an end before the start", "%video a.mp4 start=1:20 end=0:20", /end must be after start/],
    ["an end at the start", "%video a.mp4 start=5 end=5", /end must be after start/],
  ];
  for (const [what, text, message] of faults) {
    it(`reports ${what}, once and with a hint`, () => {
      const { errors, directives } = parseCell(text);
      assert.equal(errors.length, 1);
      assert.match(errors[0]?.message ?? "", message);
      assert.ok(errors[0]?.hint);
      assert.deepEqual(directives[0]?.settings, {});
    });
  }

  it("underlines the argument that is wrong", () => {
    const at = (text: string) => errorsOf(text).map((error) => error.at);
    assert.deepEqual(at("What?\n%video a.mp4 frames=0 start=x"), ["0", "x"]);
    assert.deepEqual(at('%device   "gpux"'), ['"gpux"']);
    assert.deepEqual(at("%video a.mp4 frames= end=1"), ["frames="]);
    assert.deepEqual(at("%video"), ["%video"]);
  });

  it("gives the errors of a line in their order there", () => {
    const at = errorsOf("%video start=x foo=1 b.mp4 frames=0").map((error) => error.at);
    assert.deepEqual(at, ["x", "foo", "b.mp4", "0"]);
  });

  it("lets the first of two single-valued directives or options count", () => {
    const { directives, errors } = parseCell("%seed 1\n%seed 2\n%video a.mp4 frames=3 frames=4");
    assert.deepEqual(
      errors.map(({ message, hint, line, start }) => [message, hint, line, start]),
      [
        ["%seed is given twice", "the first one counts; remove the others", 1, 0],
        ["frames= is given twice", "the first one counts; remove the others", 2, 22],
      ],
    );
    assert.deepEqual(
      directives.slice(0, 2).map(({ settings }) => settings),
      [{ patch: { seed: 1 } }, {}],
    );
  });

  it("allows several media", () => {
    assert.deepEqual(parseCell("%image a.jpg\n%image a.jpg\n%video b.mp4").errors, []);
  });

  it("gives a result for any text, with every position inside it", () => {
    const piece = fc.constantFrom(
      ...[
        "%",
        "%%",
        "\n",
        "\r",
        " ",
        "=",
        '"',
        "\\",
        "%video ",
        "%merge ",
        "frames=",
        "start=9 ",
        "end=3 ",
        "25%",
        "😀",
        "toString=",
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(text, (source) => {
        const lines = source.split(/\r\n|\r|\n/);
        const { directives, errors } = parseCell(source);
        const words = directives.flatMap(({ name, value, options, strays, unclosed }) => [
          ...[name, ...(value ? [value] : []), ...(unclosed ? [unclosed] : []), ...strays],
          ...options.flatMap((option) => [option.name, option.value]),
        ]);
        for (const { line, start, end } of [...directives, ...words, ...errors]) {
          const length = lines[line]?.length ?? -1;
          assert.ok(0 <= start && start <= end && end <= length, `${line}: ${start}..${end} of ${length}`);
        }
        for (const { start, end, message } of errors) assert.ok(start < end && message !== "");
      }),
      { numRuns: 1000 },
    );
  });

  it("reads texts far longer than any cell", () => {
    const long = 150_000;
    for (const text of [" ", '"', "\\", "a=", " frames=1", "%", " a"]) {
      const { directives } = parseCell(`%video ${text.repeat(long)}`);
      assert.equal(directives[0]?.name.text, "video");
    }
  });
});

describe("formatQuestion", () => {
  it("keeps a question from turning into directives", () => {
    assert.equal(formatQuestion("%image?\n\\% a\nb % c"), "\\%image?\n\\\\% a\nb % c");
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("%", "\\", "\n", "\r", "a", "\u2028") }),
    );
    fc.assert(
      fc.property(text, (question) => {
        const { question: read, directives } = parseCell(formatQuestion(question));
        assert.deepEqual([read, directives], [question.replaceAll(/\r\n|\r/g, "\n").trim(), []]);
      }),
    );
  });
});
