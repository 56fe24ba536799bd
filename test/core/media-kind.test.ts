import assert from "node:assert/strict";
import { IMAGE_EXTENSIONS, mediaKind, VIDEO_EXTENSIONS } from "#core/media-kind.ts";

describe("core/media-kind", () => {
  it("goes by the extension, in any case", () => {
    assert.equal(mediaKind("/clips/Kitchen.MP4"), "video");
    assert.equal(mediaKind("a photo.JPeG"), "image");
    assert.equal(mediaKind("dance.gif"), "video");
  });

  it("knows no other files, nor names without an extension", () => {
    for (const path of ["notes.txt", "drawing.svg", "list.m3u8", "mp4", ".png", "folder.mp4/notes"]) {
      assert.equal(mediaKind(path), undefined, path);
    }
  });

  it("lists no extension twice", () => {
    const all = [...IMAGE_EXTENSIONS, ...VIDEO_EXTENSIONS];
    assert.equal(new Set(all).size, all.length);
  });
});
