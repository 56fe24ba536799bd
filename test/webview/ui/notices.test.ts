import assert from "node:assert/strict";
import { notices } from "#webview/ui/notices.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const record = syntheticRecord();

describe("notices", () => {
  it("tell an answer that was cut and features that were known", () => {
    const cut = syntheticRecord({ fields: { notices: ["given"], finish: "length", cachedFrames: 8 } });
    assert.deepEqual(notices(cut), [
      "given",
      "The answer was cut at the greatest number of tokens.",
      "The vision tower did not run for 8 frames whose features were known already.",
    ]);
    assert.deepEqual(notices(record), []);
  });

  it("tell frames that have the features of another", () => {
    const media = record.media.map((medium) => ({
      ...medium,
      frames: medium.frames.map((frame, index) => (index > 5 ? { ...frame, featuresOf: 5 } : frame)),
    }));
    assert.deepEqual(notices({ ...record, media }), [
      "2 frames have the features of an earlier frame that looks the same.",
    ]);
  });
});
