import assert from "node:assert/strict";
import { recordToJson } from "#core/record-codec.ts";
import { buildReport } from "#report/page.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";
import { bundleReport } from "../bundle-report.ts";

describe("the bundled report page", () => {
  it("fits into one file that names nothing outside itself", async () => {
    const { script, style } = await bundleReport();
    const html = buildReport({ title: "t", entries: [{ run: recordToJson(syntheticRecord()) }] }, script, style);
    const written = script.replaceAll("<!--", "<\\!--");
    assert.ok(script.includes("aim-report") && html.includes(written) && html.includes(style));
    // The script may name XML namespaces; nothing else may look like an address.
    const rest = html.replace(written, "");
    assert.ok(!/https?:|url\(|@import|<link|<iframe|src=/.test(rest));
    const addresses = new Set(script.match(/https?:\/\/[\w./-]+/g));
    assert.deepEqual(
      [...addresses].filter((address) => !address.startsWith("http://www.w3.org/")),
      [],
    );
  });
});
