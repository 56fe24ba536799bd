import assert from "node:assert/strict";
import fc from "fast-check";
import { parseHubId } from "#library/hub/repository.ts";

describe("parseHubId", () => {
  it("reads organisation and name, at main unless a revision is named", () => {
    assert.deepEqual(parseHubId("lmms-lab/llava-onevision-qwen2-0.5b-ov"), {
      id: "lmms-lab/llava-onevision-qwen2-0.5b-ov",
      revision: "main",
    });
    assert.deepEqual(parseHubId("a/b@v1.0"), { id: "a/b", revision: "v1.0" });
    assert.deepEqual(parseHubId("a/b@refs/pr/3"), { id: "a/b", revision: "refs/pr/3" });
  });

  for (const text of [
    "",
    "model",
    "/a/b",
    "a/b/c",
    "./b",
    "../b",
    "a/..",
    "a/b@..",
    "a/b@",
    "a/b@x/../y",
    "a/b..c",
    "a\\b",
    "C:/b",
    "~/b",
    "a/ b",
    "a/b\n",
    "a/b?x=1",
    "a/b#x",
    "a/%2e%2e",
    "a/-b",
    "a/b.",
    "https://huggingface.co/a/b",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseHubId(text), undefined));
  }

  it("gives only ids that stay below an address, whatever the text", () => {
    const character = fc.constantFrom(..."ab./\\@-_:%~ ?#");
    fc.assert(
      fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
        const found = parseHubId(characters.join(""));
        if (!found) return;
        const { pathname, search, hash } = new URL(`http://hub/${found.id}/${found.revision}`);
        assert.equal(pathname, `/${found.id}/${found.revision}`);
        assert.equal(search + hash, "");
        assert.equal(found.id.split("/").length, 2);
      }),
      { numRuns: 2000 },
    );
  });
});
