import assert from "node:assert/strict";
import path from "node:path";
import { planFromRecord } from "#core/cost/planner.ts";
import { recordedRun } from "#core/cost/recorded.ts";
import { towerOperators } from "#core/cost/tower-operators.ts";
import type { RunRecord } from "#core/record.ts";
import { recordFromJson, recordToJson } from "#core/record-codec.ts";
import type { SettingsPatch } from "#core/settings.ts";
import { Engine } from "#runtime/engine.ts";
import { MediaFolder } from "../media/folder.ts";
import { assertClose } from "../support/assert-close.ts";

const MEDIA = path.join(import.meta.dirname, "../../media");
const LOSSLESS = ["-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p"];

/** Where each frame of a video has its features from. */
const sources = ({ media }: RunRecord) => media.flatMap(({ frames }) => frames.map(({ featuresOf }) => featuresOf));

describe("what is saved in the vision tower", function () {
  this.timeout(60_000);
  let files: MediaFolder;
  let engine: Engine;
  let still: string;
  let moving: string;
  let noisy: string;
  before(async () => {
    files = await MediaFolder.create();
    engine = await Engine.open(path.join(MEDIA, "demo-model"), { hasDiskCache: false });
    const grey = "color=0x707070:size=168x168:rate=4:duration=2";
    const box = "color=0xa0a0a0:size=12x12:rate=4:duration=2";
    still = await files.ffmpeg("still.mp4", "-f", "lavfi", "-i", grey, ...LOSSLESS);
    const inputs = ["-f", "lavfi", "-i", grey, "-f", "lavfi", "-i", box];
    const move = ["-filter_complex", "[0][1]overlay=x='if(lt(t,1),20,100)':y=60"];
    moving = await files.ffmpeg("moving.mp4", ...inputs, ...move, ...LOSSLESS);
    noisy = await files.ffmpeg("noisy.mp4", "-f", "lavfi", "-i", grey, "-vf", "noise=c0s=5:c0f=t", ...LOSSLESS);
  });
  after(async () => {
    await engine.close();
    await files.remove();
  });

  const ask = (video: string, settings: SettingsPatch = {}) =>
    engine.ask({
      question: "What happens?",
      media: [{ kind: "video", path: video, frames: 8 }],
      settings: { ...settings, maxTokens: 2 },
    });
  const towerTflops = (record: RunRecord, run: { frames: number; retention: number }) => {
    assert.ok(record.model.vision);
    return towerOperators(record.model.vision, run).reduce((sum, { flops }) => sum + flops, 0) / 1e12;
  };

  it("encodes equal frames once, without a cache on disk, and says so", async () => {
    const record = await ask(still);
    assert.deepEqual(sources(record), [undefined, 0, 0, 0, 0, 0, 0, 0]);
    assert.equal(record.cachedFrames, 0);
    assert.equal(record.tokens.encoded, 8 * 49);
    assertClose([record.cost.exact.stages.vision], [towerTflops(record, { frames: 1, retention: 1 })], 1e-12);
    assert.deepEqual(sources(recordFromJson(recordToJson(record))), sources(record));
    assert.equal((await ask(still)).cachedFrames, 1);
  });

  it("encodes frames that only noise tells apart once if told so, and notices a small thing that moves", async () => {
    assert.ok(sources(await ask(noisy)).every((source) => source === undefined));
    assert.deepEqual(sources(await ask(noisy, { vision: { similar: 8 } })), [undefined, 0, 0, 0, 0, 0, 0, 0]);
    const moved = await ask(moving, { vision: { similar: 8 } });
    assert.deepEqual(sources(moved), [undefined, 0, 0, 0, undefined, 4, 4, 4]);
    assertClose([moved.cost.exact.stages.vision], [towerTflops(moved, { frames: 2, retention: 1 })], 1e-12);
  });

  it("counts a tower that merges, and keeps its features apart from those of one that does not", async () => {
    const video = path.join(MEDIA, "samples/star-moves.mp4");
    const [whole, merged] = [await ask(video), await ask(video, { vision: { retention: 0.25 } })];
    assert.deepEqual([whole.cachedFrames, merged.cachedFrames], [0, 0]);
    assert.equal(merged.tokens.encoded, whole.tokens.encoded);
    const frames = recordedRun(merged).input.encodedFrames;
    assert.equal(frames, recordedRun(whole).input.encodedFrames);
    assertClose([merged.cost.exact.stages.vision], [towerTflops(merged, { frames, retention: 0.25 })], 1e-12);
    assertClose([merged.cost.exact.fullTflops], [whole.cost.exact.fullTflops], { relative: 1e-3 });
    const { settings } = merged;
    const { cost } = planFromRecord(merged).plan({ retention: settings.merge.retention, prune: settings.prune });
    assert.deepEqual(cost, merged.cost);
  });

  it("is nothing in records of versions that could not", async () => {
    const { settings, ...json } = JSON.parse(JSON.stringify(recordToJson(await ask(still))));
    const { vision, ...older } = settings;
    assert.deepEqual(vision, { retention: 1, similar: 0 });
    assert.deepEqual(recordFromJson({ ...json, settings: older }).settings.vision, vision);
  });
});
