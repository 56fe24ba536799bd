import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { AimError } from "#core/errors.ts";
import { findTools } from "#media/tools.ts";
import { MediaFolder } from "./folder.ts";

const VERSION = 'case "$1" in -version) echo "ffmpeg version $VERSION_OF_FAKE Copyright"; exit;; esac';

describe("media/tools", () => {
  let folder: MediaFolder;
  const environment = { ...process.env };
  before(async function () {
    if (process.platform === "win32") this.skip();
    folder = await MediaFolder.create();
  });
  afterEach(() => {
    for (const name of ["PATH", "AIM_FFMPEG"]) {
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    }
  });
  after(() => folder?.remove());

  const fake = async (name: string, version: string) => {
    await mkdir(folder.path(name), { recursive: true });
    await folder.script(`${name}/ffprobe`);
    return folder.script(`${name}/ffmpeg`, `VERSION_OF_FAKE='${version}'`, VERSION);
  };

  const rejects = (path: string | undefined, message: RegExp) =>
    assert.rejects(findTools(path), (error) => {
      assert.ok(error instanceof AimError && error.code === "missing-tool", String(error));
      assert.match(error.message, message);
      assert.match(error.hint ?? "", /install it .*aim\.ffmpegPath/);
      return true;
    });

  it("finds ffmpeg and ffprobe on PATH", async () => {
    delete process.env.AIM_FFMPEG;
    const { ffmpeg, ffprobe } = await findTools();
    assert.match(ffmpeg, /ffmpeg$/);
    assert.match(ffprobe, /ffprobe$/);
  });

  it("prefers the path it is given to AIM_FFMPEG, and that to PATH", async () => {
    const [given, named] = [await fake("given", "6.0"), await fake("named", "6.0")];
    process.env.AIM_FFMPEG = named;
    assert.equal((await findTools()).ffmpeg, named);
    assert.deepEqual(
      { ...(await findTools(given)), passthrough: 0 },
      { ffmpeg: given, ffprobe: folder.path("given/ffprobe"), passthrough: 0 },
    );
  });

  it("does not look further when what is named does not exist", async () => {
    await rejects(folder.path("nowhere/ffmpeg"), /no ffmpeg at .*nowhere/);
    process.env.AIM_FFMPEG = folder.path("gone");
    await rejects(undefined, /gone/);
  });

  it("says how to install ffmpeg when there is none", async () => {
    delete process.env.AIM_FFMPEG;
    process.env.PATH = folder.path("empty");
    await rejects(undefined, /not installed/);
  });

  it("ignores relative folders on PATH", async () => {
    delete process.env.AIM_FFMPEG;
    process.env.PATH = `.:node_modules/.bin:${folder.path("empty")}`;
    await rejects(undefined, /not installed/);
  });

  it("says when ffmpeg is there but does not run, and tries again the next time", async () => {
    await mkdir(folder.path("broken"));
    await folder.script("broken/ffprobe");
    const path = await folder.script("broken/ffmpeg", "exit 127");
    await rejects(path, /does not run/);
    await fake("broken", "6.0");
    assert.equal((await findTools(path)).ffmpeg, path);
  });

  it("calls the option for variable frame rates by the name that the version knows", async () => {
    const names = {
      "4.4.2-0ubuntu0.22.04.1": "-vsync",
      "5.0.1": "-vsync",
      "5.1.9-0+deb12u1": "-fps_mode",
      n7: "-fps_mode",
      "n7.1": "-fps_mode",
      "N-117-g0": "-fps_mode",
    };
    for (const [version, option] of Object.entries(names)) {
      const { passthrough } = await findTools(await fake(`version ${version}`, version));
      assert.equal(passthrough[0], option, version);
    }
  });
});
