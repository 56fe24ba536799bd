import assert from "node:assert/strict";
import { readHubId } from "#host/hub-id.ts";

describe("readHubId", () => {
  const MIRROR = "https://mirror.example/hf/";
  for (const [text, expected] of [
    [" lab/tiny ", "lab/tiny"],
    ["lab/tiny@v1.0", "lab/tiny@v1.0"],
    ["https://huggingface.co/lab/tiny", "lab/tiny"],
    ["https://huggingface.co/lab/tiny/tree/main", "lab/tiny@main"],
    ["https://huggingface.co/lab/tiny/blob/refs/config.json?download=true", "lab/tiny@refs"],
    ["https://huggingface.co/lab/tiny/discussions/3#top", "lab/tiny"],
    ["https://mirror.example/hf/lab/tiny/", "lab/tiny"],
    ["https://huggingface.co/lab", "lab"],
    ["https://elsewhere.example/lab/tiny", "https://elsewhere.example/lab/tiny"],
    ["/home/me/model", "/home/me/model"],
  ] as const) {
    it(`reads ${text} as ${expected}`, () => assert.equal(readHubId(text, MIRROR), expected));
  }
});
