import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { IMAGE_EXTENSIONS, VIDEO_EXTENSIONS } from "#core/media-kind.ts";
import { packExtension } from "../support/packed-extension.ts";
import { zipEntries } from "../support/zip-entries.ts";

describe("the packed extension", () => {
  let entries: readonly string[] = [];
  before(() => {
    entries = zipEntries(packExtension().vsix).map((name) => name.replace(/^extension\//, ""));
  });
  const read = (name: string) => readFileSync(path.join(packExtension().folder, name), "utf8");
  const inFolder = (folder: string) => entries.filter((name) => name.startsWith(`${folder}/`));

  it("holds what it needs at its top, and nothing else", () => {
    const top = new Set(entries.map((name) => name.split("/")[0]));
    assert.deepEqual([...top].sort(), [
      "LICENSE.txt",
      "[Content_Types].xml",
      "changelog.md",
      "dist",
      "extension.vsixmanifest",
      "l10n",
      "media",
      "node_modules",
      "package.json",
      "package.nls.json",
      "readme.md",
    ]);
    assert.deepEqual(inFolder("dist").sort(), [
      "dist/analysis.css",
      "dist/analysis.js",
      "dist/check.mjs",
      "dist/extension.cjs",
      "dist/kernel.mjs",
      "dist/probe.mjs",
      "dist/renderer.js",
      "dist/report.css",
      "dist/report.js",
    ]);
  });

  it("holds every file that its manifest names", () => {
    const files = filesOfManifest(JSON.parse(read("package.json")));
    assert.ok(files.length >= 8, String(files));
    for (const file of files) assert.ok(entries.includes(file), file);
  });

  it("holds the Tour, the samples and the demo model, not the benchmark", () => {
    for (const name of ["tour.aimnb", "samples/star-moves.mp4", "demo-model/model.safetensors"]) {
      assert.ok(entries.includes(`media/${name}`), name);
    }
    assert.deepEqual(inFolder("media/bench"), []);
  });

  it("holds the native libraries of its own platform alone", () => {
    const native = entries.filter((name) => /\.(node|dll|dylib|so[.\d]*)$/.test(name));
    assert.ok(native.length >= 3, String(native));
    const foreign = native.filter((name) => !name.includes(process.platform) || !name.includes(process.arch));
    assert.deepEqual(foreign, []);
  });

  it("holds no source, no source map and no test", () => {
    assert.deepEqual(
      entries.filter((name) => /\.(map|tsx?|cc|h)$|(^|\/)(src|test|tests|coverage)\//.test(name)),
      [],
    );
  });

  it("tells the editor nothing that is for the project alone", () => {
    const manifest = JSON.parse(read("package.json"));
    for (const field of ["private", "scripts", "devDependencies", "imports"]) assert.ok(!(field in manifest), field);
    assert.deepEqual(Object.keys(manifest.dependencies), ["onnxruntime-node", "sharp"]);
  });

  it("has a host without the code that runs models and reads media", () => {
    const bundle = read("dist/extension.cjs");
    for (const word of ['"onnxruntime-node"', '"sharp"', "FfmpegCommand"]) {
      assert.ok(!bundle.includes(word), word);
      assert.ok(read("dist/kernel.mjs").includes(word), `${word} is not what to look for`);
    }
  });

  it("offers to ask about exactly those files that are taken for media", () => {
    const { menus } = JSON.parse(read("package.json")).contributes;
    const whens = [...menus["explorer/context"], ...menus["editor/title"], ...menus["editor/title/context"]];
    const extensions = whens
      .filter(({ command }) => command === "aim.askAboutFile")
      .map(({ when }) => /resourceExtname =~ \/\^\\\.\(([\w|]+)\)\$\/i/.exec(when)?.[1]?.split("|"));
    const expected = [...IMAGE_EXTENSIONS, ...VIDEO_EXTENSIONS].map((extension) => extension.slice(1));
    assert.equal(extensions.length, 3);
    for (const found of extensions) assert.deepEqual(found, expected);
  });
});

/** Paths in the order of the manifest, without `./` before them. */
function filesOfManifest(manifest: unknown): string[] {
  if (typeof manifest === "string") {
    return /^(\.\/)?(dist|media)\/[^*]+\.\w+$/.test(manifest) ? [manifest.replace(/^\.\//, "")] : [];
  }
  if (typeof manifest !== "object" || manifest === null) return [];
  return Object.values(manifest).flatMap(filesOfManifest);
}
