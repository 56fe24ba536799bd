import assert from "node:assert/strict";
import { settingsText } from "#core/settings-text.ts";
import { keyFigures } from "#webview/ui/key-figures.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const record = syntheticRecord();
const full = syntheticRecord({ mergeSteps: [], prune: "off" });
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("settingsText", () => {
  it("names what a cell would say", () => {
    const { settings } = record;
    assert.equal(plain(settingsText(settings)), "merge 25%, prune 4..7");
    assert.equal(settingsText(full.settings), "no merging, no pruning");
    const merge = { retention: 0.5, order: "spatial", weighting: "size" } as const;
    assert.equal(
      plain(settingsText({ ...settings, merge, prune: "off", temperature: 0.7, topP: 0.9, seed: 3 })),
      "merge 50%, prune off, order spatial, weighting size, temperature 0.7, top-p 0.9, seed 3",
    );
  });
});

describe("keyFigures", () => {
  it("names the convention of every ratio", () => {
    const ratio = keyFigures(record)[1];
    assert.deepEqual(ratio, {
      value: "1.99×",
      label: "fewer FLOPs in all",
      detail: "convention exact; LLM prefill alone 6.87× by convention aim",
    });
    assert.equal(keyFigures(full)[1]?.label, "the FLOPs of a full run");
  });

  it("says that newlines are among the tokens", () => {
    assert.equal(keyFigures(record)[0]?.detail, "encoded → into the LLM (with one newline) → into its last layer");
  });

  it("counts the text where there is nothing to see", () => {
    const textOnly = syntheticRecord({ frames: 0, mergeSteps: [], prune: "off", fields: { media: [] } });
    const tokens = { ...textOnly.tokens, encoded: 0 };
    assert.deepEqual(keyFigures({ ...textOnly, tokens })[0], {
      value: "15",
      label: "text tokens",
      detail: "no pictures or videos",
    });
  });
});
