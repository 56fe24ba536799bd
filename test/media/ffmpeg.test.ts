import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { AimError, type AimErrorCode } from "#core/errors.ts";
import { decode } from "#media/ffmpeg.ts";
import { probe } from "#media/ffprobe.ts";
import type { MediaFile } from "#media/file.ts";
import type { Limits } from "#media/leash.ts";
import { findTools, type Tools } from "#media/tools.ts";
import { isGone, MediaFolder } from "./folder.ts";

const failsWith =
  (code: AimErrorCode, message = /./) =>
  (error: unknown) => {
    assert.ok(error instanceof AimError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };

const fileAt = (path: string): MediaFile => ({ path, name: '"test"', sizeBytes: 1 });
const LONG: Limits = { patienceMs: 30_000 };

describe("media/ffmpeg", () => {
  let folder: MediaFolder;
  let tools: Tools;
  before(async function () {
    if (process.platform === "win32") this.skip();
    folder = await MediaFolder.create();
    tools = await findTools();
  });
  after(() => folder?.remove());

  const probeLines = async (path: string, limits: Limits, using = tools) => {
    const lines: string[] = [];
    await probe(using, fileAt(path), "stream=width", { ...limits, onLine: (line) => lines.push(line) });
    return lines;
  };
  const decodeFrames = async (path: string, limits: Limits, using = tools) => {
    const pts: number[] = [];
    for await (const frame of decode(using, fileAt(path), { select: "1", count: 100 }, limits)) pts.push(frame.pts);
    return pts;
  };
  /** A program that notes its process id and then does nothing, whatever it is told. */
  const stuck = async (name: string) => {
    const path = await folder.script(
      name,
      'trap "" TERM INT',
      `echo $$ > '${folder.path(name)}.pid'`,
      "while :; do sleep 0.05; done",
    );
    return {
      tools: { ...tools, ffmpeg: path, ffprobe: path },
      pid: async () => Number(await readFile(`${path}.pid`, "utf8")),
    };
  };

  it("reads what ffprobe prints and the frames that ffmpeg decodes, with their times", async () => {
    const path = await folder.testVideo("clip.mkv", "64x48:10:0.5");
    assert.deepEqual(await probeLines(path, LONG), ["stream|width=64"]);
    assert.deepEqual(await decodeFrames(path, LONG), [0, 100, 200, 300, 400]);
  });

  it("reads no file that a playlist names, even when the name and the first check let it through", async () => {
    const segment = await folder.testVideo("segment.ts", "64x48:10:0.5");
    const hls = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${segment}\n#EXT-X-ENDLIST\n`;
    const concat = `ffconcat version 1.0\nfile '${segment}'\n`;
    for (const [name, script] of Object.entries({ "hls.mp4": hls, "concat.mp4": concat })) {
      const path = await folder.write(name, script);
      await assert.rejects(probeLines(path, LONG), failsWith("invalid-media"));
      await assert.rejects(decodeFrames(path, LONG), failsWith("invalid-media"));
    }
  });

  it("ends a program that gives nothing", async () => {
    const { tools: stalled, pid } = await stuck("stalled");
    const limits = { patienceMs: 400 };
    await assert.rejects(probeLines("x.mp4", limits, stalled), failsWith("io", /gave nothing/));
    assert.ok(await isGone(await pid()));
    await assert.rejects(decodeFrames("x.mp4", limits, stalled), failsWith("io", /gave nothing/));
    assert.ok(await isGone(await pid()));
  });

  it("ends the program at once when cancelled", async () => {
    for (const start of [probeLines, decodeFrames]) {
      const { tools: stalled, pid } = await stuck(start.name);
      const controller = new AbortController();
      const work = start("x.mp4", { ...LONG, signal: controller.signal }, stalled);
      setTimeout(() => controller.abort(), 400);
      await assert.rejects(work, failsWith("cancelled"));
      assert.ok(await isGone(await pid()));
    }
  });

  it("starts nothing when cancelled before", async () => {
    const { tools: stalled, pid } = await stuck("unwanted");
    const limits = { ...LONG, signal: AbortSignal.abort() };
    await assert.rejects(probeLines("x.mp4", limits, stalled), failsWith("cancelled"));
    await assert.rejects(decodeFrames("x.mp4", limits, stalled), failsWith("cancelled"));
    await sleep(200);
    await assert.rejects(pid(), { code: "ENOENT" });
  });

  it("rejects when a program cannot be started at all", async () => {
    const nothing = { ...tools, ffmpeg: folder.path("nothing"), ffprobe: folder.path("nothing") };
    await assert.rejects(probeLines("x.mp4", LONG, nothing), failsWith("missing-tool"));
    await assert.rejects(decodeFrames("x.mp4", LONG, nothing), failsWith("missing-tool"));
  });
});
