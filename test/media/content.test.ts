import assert from "node:assert/strict";
import { identifyContent } from "#media/content.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");

describe("media/content", () => {
  const readAs = (text: string) => identifyContent(bytes(text)).readAs;

  it("tells pictures and videos by their first bytes", () => {
    assert.equal(readAs("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image");
    assert.equal(readAs("\xff\xd8\xff\xe0\0\x10JFIF"), "image");
    assert.equal(readAs("RIFF\x10\0\0\0WEBPVP8 "), "image");
    assert.equal(readAs("\0\0\0\x1cftypavif"), "image");
    assert.equal(readAs("\0\0\0\x20ftypisom"), "video");
    assert.equal(readAs("\0\0\0\x08wide\0\0\0\0mdat"), "video");
    assert.equal(readAs("\x1aE\xdf\xa3\x93B\x82\x88matroska"), "video");
    assert.equal(readAs("RIFF\x10\0\0\0AVI LIST"), "video");
    assert.equal(readAs("GIF89a"), "both");
  });

  it("names what cannot be read", () => {
    const nameOf = (text: string) => identifyContent(bytes(text)).name;
    assert.equal(nameOf("#EXTM3U\n#EXT-X-VERSION:3"), "an HLS playlist");
    assert.equal(nameOf("ffconcat version 1.0\nfile x"), "an ffconcat script");
    assert.equal(nameOf('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">'), "an SVG drawing");
    assert.equal(nameOf("Dear diary,\n"), "a text file");
    assert.equal(nameOf("BM\x36\0\0\0"), "a BMP picture");
    assert.equal(nameOf("\0\0\0\x18ftypheic"), "a HEIC picture");
    assert.equal(nameOf("\x7fELF\x02\x01"), "of an unknown kind");
  });

  it("lets nothing through that it does not know", () => {
    for (const text of [
      "",
      "\0",
      "RIFF\x10\0\0\0WAVEfmt ",
      "#EXTM3U",
      "ftypisom",
      "OggS",
      "\0\0\x01\xba",
      "<svg>",
      "%PDF-1.7",
    ]) {
      assert.equal(readAs(text), "neither", text);
    }
  });
});
