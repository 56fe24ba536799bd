import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { AimError, type AimErrorCode } from "#core/errors.ts";
import { type FrameOptions, openVideo, readFrames, type VideoFrame } from "#media/video.ts";
import { decodeAll, isGone, MediaFolder, md5 } from "./folder.ts";

const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"];
const WITH_B_FRAMES = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "3", "-g", "25"];
const failsWith = (code: AimErrorCode) => (error: unknown) => error instanceof AimError && error.code === code;

async function collect(path: string, options: FrameOptions): Promise<VideoFrame[]> {
  const seen: VideoFrame[] = [];
  for await (const frame of (await readFrames(path, options)).frames) seen.push(frame);
  return seen;
}

describe("media/video", () => {
  let folder: MediaFolder;
  before(async () => {
    folder = await MediaFolder.create();
  });
  after(() => folder.remove());

  /** What is read must be the frames at those places of a full decode. */
  async function agreesWithFullDecode(path: string, frames: number, count?: number): Promise<VideoFrame[]> {
    const [all, seen] = [await decodeAll(path), await collect(path, { frames })];
    if (count !== undefined) assert.equal(all.length, count);
    assert.deepEqual(
      seen.map(({ image }) => md5(image.data)),
      seen.map(({ index }) => all[index]),
    );
    assert.deepEqual([seen.length, seen[0]?.index, seen.at(-1)?.index], [frames, 0, all.length - 1]);
    return seen;
  }

  describe("takes the exact frames of a full decode", () => {
    it("with B-frames", async () => {
      const path = await folder.testVideo("b-frames.mp4", "64x48:25:2", ...WITH_B_FRAMES);
      const seen = await agreesWithFullDecode(path, 7, 50);
      assert.deepEqual(
        seen.map(({ index }) => index),
        [0, 8, 16, 24, 32, 40, 49],
      );
      assert.deepEqual(
        seen.map(({ timeSeconds }) => timeSeconds),
        [0, 0.32, 0.64, 0.96, 1.28, 1.6, 1.96],
      );
    });

    it("with a variable frame rate and no frame count in the file", async () => {
      const select = "select='lt(n,20)+not(mod(n,3))'";
      const path = await folder.testVideo(
        "variable.mkv",
        "64x48:25:2",
        "-vf",
        select,
        "-vsync",
        "vfr",
        ...WITH_B_FRAMES,
      );
      const seen = await agreesWithFullDecode(path, 5, 30);
      assert.deepEqual(
        seen.map(({ index, timeSeconds }) => [index, timeSeconds]),
        [
          [0, 0],
          [7, 0.28],
          [14, 0.56],
          [21, 0.96],
          [29, 1.92],
        ],
      );
    });

    it("that an edit list leaves over", async () => {
      const whole = await folder.testVideo("whole.mp4", "64x48:25:2", ...WITH_B_FRAMES);
      const path = await folder.ffmpeg("edited.mp4", "-ss", "1.3", "-i", whole, "-c", "copy");
      await agreesWithFullDecode(path, 6);
    });

    it("in mov, webm, avi and GIF", async () => {
      const files = {
        "clip.mov": H264,
        "vp9.webm": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"],
        "vp8.webm": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"],
        "h264.avi": WITH_B_FRAMES,
        "mpeg4.avi": ["-c:v", "mpeg4", "-bf", "2"],
        "clip.gif": [],
      };
      for (const [name, codec] of Object.entries(files)) {
        await agreesWithFullDecode(await folder.testVideo(name, "64x48:10:1.2", ...codec), 5, 12);
      }
    }).timeout(60_000);

    it("when it is cheaper to jump", async function () {
      if (process.platform === "win32") this.skip();
      const path = await folder.testVideo("long.mp4", "1280x720:10:16", ...WITH_B_FRAMES);
      const log = folder.path("runs.txt");
      const ffmpegPath = await folder.script("ffmpeg", `echo "$*" >> '${log}'`, 'exec ffmpeg "$@"');
      const all = await decodeAll(path);
      const seen = await collect(path, { frames: 3, ffmpegPath });
      assert.deepEqual(
        seen.map(({ index }) => index),
        [0, 79, 159],
      );
      assert.deepEqual(
        seen.map(({ image }) => md5(image.data)),
        seen.map(({ index }) => all[index]),
      );
      const decoders = (await readFile(log, "utf8")).split("\n").filter((line) => line.includes("image2pipe"));
      assert.deepEqual(
        decoders.map((line) => line.includes(" -ss ")),
        [false, true, true],
      );
      assert.ok(decoders.every((line) => line.includes("-nostdin") && line.includes(`-i file:${path}`)));
    }).timeout(90_000);

    it("when their size changes on the way", async () => {
      const parts = ["64x48:10:0.5", "96x80:10:0.5"].map((source, i) =>
        folder.testVideo(`part${i}.webm`, source, "-c:v", "libvpx"),
      );
      await Promise.all(parts);
      const list = await folder.write("parts.txt", "file part0.webm\nfile part1.webm\n");
      const path = await folder.ffmpeg("sizes.webm", "-f", "concat", "-i", list, "-c", "copy");
      await agreesWithFullDecode(path, 4, 10);
    });

    it("that can be decoded, when the packets promise more", async () => {
      const path = await folder.testVideo("hole.mov", "64x48:10:1", "-c:v", "mjpeg");
      const bytes = await readFile(path);
      const starts = [...bytes.toString("latin1").matchAll(/\xff\xd8\xff/g)].map(({ index }) => index);
      bytes.fill(0, starts[5], starts[6]);
      const damaged = await folder.write("hole.mov", bytes);
      const all = await decodeAll(damaged);
      const seen = await collect(damaged, { frames: 10 });
      assert.equal(all.length, 9);
      assert.deepEqual(
        seen.map(({ image }) => md5(image.data)),
        seen.map(({ index }) => all[index]),
      );
      assert.equal(seen.length, 10);
    });
  });

  it("turns frames upright", async () => {
    const path = await folder.testVideo("sideways.mp4", "64x48:5:1", ...H264);
    const sideways = await folder.write("sideways.mp4", rotated(await readFile(path)));
    const { widthPx, heightPx } = await openVideo(sideways);
    assert.deepEqual([widthPx, heightPx], [48, 64]);
    const seen = await agreesWithFullDecode(sideways, 3);
    assert.deepEqual(
      seen.map(({ image }) => [image.width, image.height]),
      Array(3).fill([48, 64]),
    );
  });

  it("tells size, duration and frame times", async () => {
    const path = await folder.testVideo("info.mp4", "64x48:10:1", ...WITH_B_FRAMES);
    const { widthPx, heightPx, durationSeconds, frameTimes } = await openVideo(path);
    assert.deepEqual([widthPx, heightPx, durationSeconds], [64, 48, 1]);
    assert.deepEqual(Array.from(frameTimes), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
  });

  it("counts time from the start of the file, whatever its clock shows", async () => {
    const clip = await folder.testVideo("clock.mkv", "64x48:10:1", ...H264);
    const path = await folder.ffmpeg(
      "late.mkv",
      "-itsoffset",
      "5",
      "-i",
      clip,
      "-c",
      "copy",
      "-avoid_negative_ts",
      "disabled",
    );
    assert.deepEqual(Array.from((await openVideo(path)).frameTimes.subarray(0, 3)), [0, 0.1, 0.2]);
    assert.deepEqual(
      (await collect(path, { frames: 2, start: 0.5, end: 0.7 })).map(({ index }) => index),
      [5, 7],
    );
  });

  it("repeats frames of a clip that has fewer than asked for", async () => {
    const path = await folder.testVideo("short.mp4", "64x48:10:0.3", ...H264);
    const seen = await collect(path, { frames: 8 });
    assert.deepEqual(
      seen.map(({ index }) => index),
      [0, 0, 0, 0, 1, 1, 1, 2],
    );
    assert.equal(seen[0], seen[3]);
    assert.notEqual(seen[3], seen[4]);
  });

  describe("with start and end", () => {
    const indices = async (span: { start?: number; end?: number }) => {
      const path = await folder.testVideo("span.mp4", "64x48:10:2", ...WITH_B_FRAMES);
      return (await collect(path, { frames: 3, ...span })).map(({ index }) => index);
    };

    it("takes frames that are shown in between, ends included", async () => {
      assert.deepEqual(await indices({ start: 0.5, end: 1.1 }), [5, 8, 11]);
      assert.deepEqual(await indices({ start: 1.5 }), [15, 17, 19]);
      assert.deepEqual(await indices({ end: 0.45 }), [0, 2, 4]);
      assert.deepEqual(await indices({ start: 1, end: 1 }), [10, 10, 10]);
    });

    it("refuses spans without frames, before anything is decoded", async () => {
      await assert.rejects(indices({ start: 7 }), failsWith("invalid-argument"));
      await assert.rejects(indices({ start: 0.51, end: 0.59 }), failsWith("invalid-argument"));
      await assert.rejects(indices({ start: 1, end: 0.5 }), failsWith("invalid-argument"));
      await assert.rejects(indices({ start: -1 }), failsWith("invalid-argument"));
      await assert.rejects(indices({ end: Number.NaN }), failsWith("invalid-argument"));
    });
  });

  it("refuses numbers of frames that are not whole or out of range", async () => {
    for (const frames of [0, 2.5, 1025, Number.NaN]) {
      await assert.rejects(readFrames("any.mp4", { frames }), failsWith("invalid-argument"));
    }
  });

  it("reports progress frame by frame", async () => {
    const path = await folder.testVideo("progress.mp4", "64x48:10:0.3", ...H264);
    const steps: number[][] = [];
    await collect(path, { frames: 4, onProgress: (done, total) => steps.push([done, total]) });
    assert.deepEqual(steps, [
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
  });

  describe("leaves no process behind", () => {
    const watched = async () => {
      const path = await folder.testVideo("watched.mp4", "640x480:25:4", ...H264);
      const ffmpegPath = await folder.script(
        "watched",
        'case "$1" in -version) exec ffmpeg -version;; esac',
        `echo $$ > '${folder.path("pid")}'`,
        'exec ffmpeg "$@"',
      );
      return { path, ffmpegPath, pid: async () => Number(await readFile(folder.path("pid"), "utf8")) };
    };
    before(function () {
      if (process.platform === "win32") this.skip();
    });

    it("when the caller has seen enough", async () => {
      const { pid, path, ffmpegPath } = await watched();
      for await (const frame of (await readFrames(path, { frames: 90, ffmpegPath })).frames) if (frame.index > 2) break;
      assert.ok(await isGone(await pid()));
    });

    it("when the caller fails", async () => {
      const { pid, path, ffmpegPath } = await watched();
      const work = (async () => {
        for await (const _ of (await readFrames(path, { frames: 90, ffmpegPath })).frames) throw new Error("full");
      })();
      await assert.rejects(work, /full/);
      assert.ok(await isGone(await pid()));
    });

    it("when it is cancelled, between frames and before", async () => {
      const { pid, path, ffmpegPath } = await watched();
      const controller = new AbortController();
      const work = collect(path, {
        frames: 90,
        ffmpegPath,
        signal: controller.signal,
        onProgress: (done) => done === 3 && controller.abort(),
      });
      await assert.rejects(work, failsWith("cancelled"));
      assert.ok(await isGone(await pid()));
      await assert.rejects(openVideo(path, { signal: controller.signal }), failsWith("cancelled"));
    });
  });
});

/** The mp4 with its display matrix set to a quarter turn. */
function rotated(mp4: Buffer): Buffer {
  const matrix = mp4.indexOf("tkhd") + 4 + 40;
  for (const [i, value] of [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000].entries()) {
    mp4.writeInt32BE(value, matrix + 4 * i);
  }
  return mp4;
}
