import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { comparisonToJson } from "#core/comparison.ts";
import { AimError } from "#core/errors.ts";
import { recordToJson } from "#core/record-codec.ts";
import { buildReport } from "#report/page.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const SCRIPT = "console.log('page');";
const STYLE = "body { color: red }";
const NASTY = `</script><script>alert(1)</script><!-- & "quotes" 'and' <b>tags</b>`;

const document = {
  title: NASTY,
  entries: [
    { heading: NASTY, markdown: `first ${NASTY}\n\nsecond` },
    { run: recordToJson(syntheticRecord({ fields: { question: NASTY, answer: `so ${NASTY}` } })) },
    { run: { version: 7 } },
    { error: { message: NASTY, hint: "look elsewhere" } },
  ],
};
const html = buildReport(document, SCRIPT, STYLE);
const between = (start: string, end: string) =>
  html.slice(html.indexOf(start) + start.length, html.indexOf(end, html.indexOf(start)));

describe("buildReport", () => {
  it("holds the document as data that no text in it can end", () => {
    const data = between('<script type="application/json" id="aim-report">', "</script>");
    assert.ok(!data.includes("<"));
    assert.deepEqual(JSON.parse(data), JSON.parse(JSON.stringify(document)));
  });

  it("has exactly the elements that it writes itself", () => {
    assert.equal(html.match(/<script/g)?.length, 2);
    assert.equal(html.match(/<\/script/g)?.length, 2);
    assert.ok(!html.includes("<b>") && !html.includes("<!--"));
  });

  it("lets only its own script and style run, and nothing be fetched", () => {
    const policy = between('http-equiv="Content-Security-Policy" content="', '">');
    const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    assert.equal(
      policy,
      `default-src 'none'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    assert.ok(html.indexOf("Content-Security-Policy") < html.indexOf("<style>"));
    assert.ok(!/https?:\/\//.test(html));
  });

  it("says the plain answers where scripts do not run", () => {
    const plain = between("<noscript>", "</noscript>");
    const escaped =
      "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &amp; &quot;quotes&quot; &#39;and&#39; &lt;b&gt;tags&lt;/b&gt;";
    assert.ok(plain.includes(`<h1>${escaped}</h1>`));
    assert.ok(plain.includes(`<p>first ${escaped}</p>\n<p>second</p>`));
    assert.ok(plain.includes(`<h3>${escaped}</h3>\n<p class="answer">so ${escaped}</p>`));
    assert.ok(
      plain.includes(
        "392 visual tokens, 105 into the LLM; 1.64 GFLOPs (convention exact), 1.99× fewer; first token after 189 ms",
      ),
    );
    assert.ok(plain.includes("this run cannot be shown: record.version must be 1"));
    assert.ok(plain.includes("look elsewhere"));
  });

  it("gives the same bytes for the same input", () => {
    assert.equal(buildReport(document, SCRIPT, STYLE), html);
  });

  it("keeps a comment of HTML in a literal of the script from beginning one in the page", () => {
    const page = buildReport({ title: "t", entries: [] }, "let a = '<!--';", STYLE);
    assert.ok(page.includes("<script>let a = '<\\!--';</script>") && !page.includes("<!--"));
  });

  it("shows the runs of a comparison, each with what it was run with", () => {
    const compared = comparisonToJson([
      { label: "full", record: syntheticRecord() },
      { label: "merge 50%", record: syntheticRecord({ mergeSteps: [24] }) },
    ]);
    const page = buildReport({ title: "t", entries: [{ comparison: compared }] }, SCRIPT, STYLE);
    assert.match(page, /<h3>Which way does the disc move\? \(full\)<\/h3>[\s\S]*<h3>[^<]* \(merge 50%\)<\/h3>/);
  });

  it("refuses a script or style that would end its own element", () => {
    for (const [script, style] of [
      ["let a = '</script>'", STYLE],
      [SCRIPT, "</style>"],
    ] as const) {
      assert.throws(() => buildReport(document, script, style), AimError);
    }
  });
});
