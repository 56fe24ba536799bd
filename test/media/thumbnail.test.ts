import assert from "node:assert/strict";
import sharp from "sharp";
import { readImage } from "#media/image.ts";
import { thumbnail } from "#media/thumbnail.ts";

describe("media/thumbnail", () => {
  const decode = (url: string) => sharp(Buffer.from(url.replace("data:image/jpeg;base64,", ""), "base64"));

  it("is a JPEG data URL of about 1.5 KB with the longer side as asked", async () => {
    const url = await thumbnail(await readImage("media/samples/four-shapes.jpg"), 96);
    assert.match(url, /^data:image\/jpeg;base64,/);
    assert.ok(url.length < 3000, `${url.length} characters`);
    const { width, height } = await decode(url).metadata();
    assert.deepEqual([width, height], [96, 96]);
  });

  it("keeps the shape and the colours", async () => {
    const data = new Uint8Array(200 * 50 * 3);
    for (let i = 0; i < data.length; i += 3) data.set([250, 10, 10], i);
    const small = decode(await thumbnail({ width: 200, height: 50, data }, 96));
    const { dominant } = await small.stats();
    assert.ok(dominant.r > 200 && dominant.g < 60 && dominant.b < 60);
    const { width, height } = await small.metadata();
    assert.deepEqual([width, height], [96, 24]);
  });

  it("is never larger than the picture", async () => {
    const small = await thumbnail({ width: 3, height: 2, data: new Uint8Array(18) }, 96);
    const { width, height } = await decode(small).metadata();
    assert.deepEqual([width, height], [3, 2]);
  });
});
