import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, truncate } from "node:fs/promises";
import { AimError, type AimErrorCode } from "#core/errors.ts";
import { openVideo, readFrames } from "#media/video.ts";
import { MediaFolder } from "./folder.ts";

const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"];

describe("media/video, files that people really have", () => {
  let folder: MediaFolder;
  let clip: string;
  before(async () => {
    folder = await MediaFolder.create();
    clip = await folder.testVideo("clip.mp4", "64x48:10:5", ...H264);
  });
  after(() => folder.remove());

  const rejects = async (path: string, code: AimErrorCode, message: RegExp) => {
    await assert.rejects(openVideo(path), (error) => {
      assert.ok(error instanceof AimError, String(error));
      assert.deepEqual(
        [error.code, message.test(error.message), Boolean(error.hint)],
        [code, true, true],
        error.message,
      );
      return true;
    });
  };
  const cut = async (path: string, share: number) => {
    await truncate(path, Math.floor((await readFile(path)).length * share));
    return path;
  };

  it("says that there is no such file, that it is a folder, that it is empty", async () => {
    await mkdir(folder.path("folder.mp4"));
    await rejects(folder.path("missing.mp4"), "not-found", /missing\.mp4/);
    await rejects(folder.path("folder.mp4"), "invalid-media", /folder/);
    await rejects(await folder.write("empty.mp4", ""), "invalid-media", /empty/);
  });

  it("says that a video is cut short", async () => {
    const index = "-movflags";
    await rejects(
      await cut(await folder.ffmpeg("end.mp4", "-i", clip, "-c", "copy"), 0.5),
      "invalid-media",
      /cannot be decoded/,
    );
    await rejects(
      await cut(await folder.ffmpeg("front.mp4", "-i", clip, "-c", "copy", index, "+faststart"), 0.5),
      "invalid-media",
      /cut short/,
    );
    await rejects(
      await cut(await folder.ffmpeg("half.mkv", "-i", clip, "-c", "copy"), 0.5),
      "invalid-media",
      /cut short/,
    );
    await rejects(
      await cut(await folder.testVideo("half.avi", "64x48:10:5", "-c:v", "mpeg4"), 0.5),
      "invalid-media",
      /cut short/,
    );
  });

  it("does not mistake a long sound track for a video that is cut short", async () => {
    const path = await folder.ffmpeg("sound.mp4", "-f", "lavfi", "-i", "sine=d=9", "-i", clip, "-c:v", "copy");
    const { durationSeconds, frameTimes } = await openVideo(path);
    assert.ok(durationSeconds > 8.9);
    assert.equal(frameTimes.length, 50);
  });

  it("says what the file is when it is no video", async () => {
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n${clip}\n#EXT-X-ENDLIST\n`;
    await rejects(await folder.write("text.mp4", "Dear diary,\n"), "invalid-media", /text file/);
    await rejects(await folder.write("hls.mp4", playlist), "invalid-media", /HLS playlist/);
    await rejects(
      await folder.write("list.mp4", `ffconcat version 1.0\nfile '${clip}'\n`),
      "invalid-media",
      /ffconcat script/,
    );
    await rejects(await folder.ffmpeg("shot.png", "-i", clip, "-frames:v", "1"), "invalid-media", /PNG picture/);
    await copyFile(folder.path("shot.png"), folder.path("shot.mp4"));
    await rejects(folder.path("shot.mp4"), "invalid-media", /PNG picture/);
  });

  it("reads a video whatever its name says", async () => {
    await copyFile(clip, folder.path("clip.png"));
    assert.equal((await openVideo(folder.path("clip.png"))).frameTimes.length, 50);
  });

  it("says that a video is encrypted", async () => {
    const key = "76a6c65c5ea762046bd749a2e632ccbb";
    const scheme = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key, "-encryption_kid", key];
    await rejects(await folder.ffmpeg("secret.mp4", "-i", clip, "-c", "copy", ...scheme), "invalid-media", /encrypted/);
  });

  it("says that there are no pictures in it", async () => {
    await rejects(await folder.ffmpeg("sound-only.mp4", "-f", "lavfi", "-i", "sine=d=1"), "invalid-media", /no video/);
    await rejects(
      await folder.ffmpeg("nothing.mp4", "-i", clip, "-c:v", "libx264", "-frames:v", "0"),
      "invalid-media",
      /no video|no frames/,
    );
    const cover = await folder.ffmpeg("cover.jpg", "-i", clip, "-frames:v", "1");
    const song = [
      "-f",
      "lavfi",
      "-i",
      "sine=d=1",
      "-i",
      cover,
      "-map",
      "0",
      "-map",
      "1",
      "-c:v",
      "mjpeg",
      "-disposition:v:0",
      "attached_pic",
    ];
    await rejects(await folder.ffmpeg("song.mp4", ...song), "invalid-media", /no video/);
  });

  it("refuses huge frames before decoding them", async () => {
    const bytes = await readFile(await folder.testVideo("large.mkv", "600x400:10:0.2", "-c:v", "ffv1"));
    // PixelWidth and PixelHeight of the Matroska header.
    const size = bytes.indexOf(Buffer.from([0xb0, 0x82, 0x02, 0x58, 0xba, 0x82, 0x01, 0x90]));
    assert.ok(size > 0, "the Matroska header is not laid out as expected");
    bytes.writeUInt16BE(60_000, size + 2);
    bytes.writeUInt16BE(60_000, size + 6);
    await rejects(await folder.write("huge.mkv", bytes), "invalid-media", /60000 x 60000/);
  });

  it("takes names as names, whatever is in them", async function () {
    if (process.platform === "win32") this.skip();
    const names = [
      "-i.mp4",
      "concat:a|b.mp4",
      "%03d.mp4",
      "http:x.mp4",
      "a 'b' \"c\" `d` $(e); f &.mp4",
      "line\nbreak.mp4",
      "ä 日本 [0].mp4",
    ];
    const before = process.cwd();
    process.chdir(folder.dir);
    try {
      for (const name of names) {
        await copyFile(clip, name);
        const { frames } = await readFrames(name, { frames: 2 });
        const indices: number[] = [];
        for await (const { index } of frames) indices.push(index);
        assert.deepEqual(indices, [0, 49], name);
      }
    } finally {
      process.chdir(before);
    }
  }).timeout(60_000);
});
