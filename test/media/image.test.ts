import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import sharp from "sharp";
import { AimError, type AimErrorCode } from "#core/errors.ts";
import { type RgbImage, readImage } from "#media/image.ts";
import { decodeAll, MediaFolder, md5 } from "./folder.ts";

/** A 6 x 4 picture in which every pixel differs. */
const PIXELS = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => (i * 37) % 256);
const picture = () => sharp(PIXELS, { raw: { width: 6, height: 4, channels: 3 } });
const flat = (red: number, green: number, blue: number, alpha = 1) =>
  sharp({ create: { width: 8, height: 8, channels: 4, background: { r: red, g: green, b: blue, alpha } } });
const firstPixel = ({ data }: RgbImage) => Array.from(data.subarray(0, 3));

describe("media/image", () => {
  let folder: MediaFolder;
  before(async () => {
    folder = await MediaFolder.create();
  });
  after(() => folder.remove());

  const readBytes = async (name: string, bytes: Uint8Array | string) => readImage(await folder.write(name, bytes));

  const rejects = async (path: string, code: AimErrorCode, message: RegExp) => {
    await assert.rejects(readImage(path), (error) => {
      assert.ok(error instanceof AimError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.ok(error.hint);
      return true;
    });
  };

  it("reads lossless formats exactly", async () => {
    const files = {
      png: picture().png(),
      webp: picture().webp({ lossless: true }),
      tiff: picture().tiff({ compression: "lzw" }),
    };
    for (const [format, file] of Object.entries(files)) {
      const { width, height, data } = await readBytes(`exact.${format}`, await file.toBuffer());
      assert.deepEqual([format, width, height], [format, 6, 4]);
      assert.deepEqual(data, PIXELS, format);
    }
  });

  it("reads JPEG, GIF and AVIF", async () => {
    const orange = flat(230, 120, 40);
    const files = { jpg: orange.clone().jpeg(), gif: orange.clone().gif(), avif: orange.clone().avif() };
    for (const [format, file] of Object.entries(files)) {
      const pixel = firstPixel(await readBytes(`near.${format}`, await file.toBuffer()));
      assert.ok(
        [230, 120, 40].every((level, i) => Math.abs(level - (pixel[i] ?? 0)) <= 4),
        `${format}: ${pixel}`,
      );
    }
  });

  it("turns pictures upright", async () => {
    const sideways = await picture().withMetadata({ orientation: 6 }).png().toBuffer();
    const { width, height, data } = await readBytes("sideways.png", sideways);
    assert.deepEqual([width, height], [4, 6]);
    // A quarter turn to the right: the first pixel is the one at the lower left of what is stored.
    assert.deepEqual(data.subarray(0, 3), PIXELS.subarray(3 * 6 * 3, 3 * 6 * 3 + 3));
  });

  it("lays transparent parts on white", async () => {
    assert.deepEqual(
      firstPixel(await readBytes("clear.png", await flat(200, 0, 0, 0).png().toBuffer())),
      [255, 255, 255],
    );
    const half = firstPixel(await readBytes("half.png", await flat(200, 0, 0, 0.5).png().toBuffer()));
    assert.ok(Math.abs((half[0] ?? 0) - 227) <= 1 && Math.abs((half[1] ?? 0) - 127) <= 1, `${half}`);
  });

  it("reads 16 bits, grey and palettes as 8-bit RGB", async () => {
    const deep = await flat(10, 130, 250).removeAlpha().toColourspace("rgb16").png().toBuffer();
    assert.equal((await sharp(deep).metadata()).depth, "ushort");
    assert.deepEqual(firstPixel(await readBytes("deep.png", deep)), [10, 130, 250]);
    const grey = await readBytes(
      "grey.png",
      await flat(90, 90, 90).removeAlpha().toColourspace("b-w").png().toBuffer(),
    );
    assert.deepEqual([grey.data.length, ...firstPixel(grey)], [192, 90, 90, 90]);
    const indexed = await readBytes(
      "palette.png",
      await flat(200, 100, 50).removeAlpha().png({ palette: true }).toBuffer(),
    );
    assert.deepEqual(firstPixel(indexed), [200, 100, 50]);
  });

  it("reads CMYK", async () => {
    const cmyk = await flat(170, 130, 120).removeAlpha().toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
    assert.equal((await sharp(cmyk).metadata()).space, "cmyk");
    const pixel = firstPixel(await readBytes("cmyk.jpg", cmyk));
    assert.ok(
      [170, 130, 120].every((level, i) => Math.abs(level - (pixel[i] ?? 0)) <= 12),
      `${pixel}`,
    );
  });

  it("takes colours as they are stored, whatever their profile", async () => {
    const wide = await flat(255, 0, 0).removeAlpha().withIccProfile("p3").png().toBuffer();
    const [red = 0, green = 0] = firstPixel(await readBytes("wide.png", wide));
    assert.ok(red < 240 && green > 40, `the stored P3 red was converted to sRGB: ${red}, ${green}`);
  });

  it("reads the first frame of an animated GIF", async () => {
    const path = await folder.testVideo("animated.gif", "64x48:5:1");
    const { width, height, data } = await readImage(path);
    assert.deepEqual([width, height], [64, 48]);
    assert.equal(md5(data), (await decodeAll(path))[0]);
  });

  it("goes by the content, whatever the name", async () => {
    const png = await picture().png().toBuffer();
    const names = ["picture.mp4", "-dash.png", "ä 日本.png", "no extension"];
    const wild = ["a'\"$(x)`y`;|%d[page=1].png", "concat:a|b.png", "line\nbreak.png"];
    for (const name of process.platform === "win32" ? names : [...names, ...wild]) {
      assert.deepEqual((await readBytes(name, png)).data, PIXELS, name);
    }
  });

  it("refuses what is not there, a folder and an empty file", async () => {
    await mkdir(folder.path("folder.png"));
    await rejects(folder.path("missing.png"), "not-found", /missing\.png/);
    await rejects(folder.path("folder.png/inside.png"), "not-found", /inside\.png/);
    await rejects(folder.path("folder.png"), "invalid-media", /folder/);
    await rejects(await folder.write("empty.png", ""), "invalid-media", /empty/);
  });

  it("refuses pictures that are cut short", async () => {
    const photo = await readFile("media/samples/four-shapes.jpg");
    await rejects(await folder.write("half.jpg", photo.subarray(0, photo.length / 2)), "invalid-media", /half\.jpg/);
    const png = await sharp(photo).png().toBuffer();
    await rejects(await folder.write("part.png", png.subarray(0, png.length / 2)), "invalid-media", /part\.png/);
    const webp = await sharp(photo).webp().toBuffer();
    await rejects(await folder.write("part.webp", webp.subarray(0, webp.length / 2)), "invalid-media", /cut short/);
  });

  it("refuses drawings, which can name other files, and formats it cannot read", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>`;
    await rejects(await folder.write("drawing.png", svg), "invalid-media", /SVG/);
    await rejects(await folder.write("old.bmp", "BM\x36\0\0\0"), "invalid-media", /BMP/);
    await rejects(await folder.write("notes.jpg", "Dear diary,"), "invalid-media", /text file/);
  });

  it("says that a video is a video", async () => {
    const path = await folder.testVideo("clip.mp4", "64x48:5:1");
    await rejects(await folder.write("clip.png", await readFile(path)), "invalid-media", /video/);
  });

  it("refuses a picture that claims to be huge before decoding it", async () => {
    const png = await picture().png().toBuffer();
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    await rejects(await folder.write("huge.png", png), "invalid-media", /60000 x 60000/);
  });

  it("stops when it is cancelled", async () => {
    const path = await folder.write("fine.png", await picture().png().toBuffer());
    await assert.rejects(
      readImage(path, { signal: AbortSignal.abort() }),
      (error) => error instanceof AimError && error.code === "cancelled",
    );
  });
});

/** The checksum of a PNG chunk. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
