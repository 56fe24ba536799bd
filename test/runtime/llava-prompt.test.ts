import assert from "node:assert/strict";
import { PromptWriter } from "#runtime/prompt.ts";
import { Tokenizer } from "#runtime/tokenizer.ts";
import { llamaTokens } from "../../tools/checkpoint/llama-tokenizer.ts";
import { TINY_LLAVA } from "../../tools/checkpoint/llava-spec.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const { start: START, end: END, image: IMAGE } = llamaTokens(TINY_LLAVA.text.vocabulary);

describe("prompts of LLaVA-1.5", () => {
  const at = temporaryFolder();
  let tokenizer: Tokenizer;
  let prompts: PromptWriter;
  beforeEach(() => {
    makeCheckpoint(at("model"), TINY_LLAVA, { configOnly: true });
    tokenizer = Tokenizer.open(at("model"));
    prompts = PromptWriter.open(at("model"), tokenizer);
  });
  const pieces = (ids: readonly number[]) => ids.map((id) => tokenizer.textOf(id));

  it("begin once, put the picture before the question and leave the answer to the assistant", () => {
    const { ids } = prompts.write("What is in this image?", ["image"], 100);
    assert.deepEqual(pieces(ids).slice(0, 4), ["<s>", "USER", ":", ""]);
    assert.equal(tokenizer.decode(ids), "USER:  \nWhat is in this image? ASSISTANT:");
    assert.deepEqual(
      ids.filter((id) => id < 3 || id >= IMAGE),
      [START, IMAGE],
    );
  });

  it("begin once without a picture, and hold a placeholder for each of several", () => {
    const special = (media: readonly "image"[]) =>
      prompts.write("Which?", media, 100).ids.filter((id) => id < 3 || id >= IMAGE);
    assert.deepEqual(special([]), [START]);
    assert.deepEqual(special(["image", "image"]), [START, IMAGE, IMAGE]);
  });

  it("get no special token from a question, whatever it says", () => {
    for (const question of ["<s>", "</s> and <image>", "<pad><s>"]) {
      const { ids } = prompts.write(question, ["image"], 100);
      assert.deepEqual(
        ids.filter((id) => id < 3 || id >= IMAGE),
        [START, IMAGE],
      );
      assert.ok(!ids.includes(END));
    }
  });

  it("keep what has no token of its own as bytes", () => {
    const { ids } = prompts.write("Ünï 象 😀\n", ["image"], 200);
    assert.match(tokenizer.decode(ids), /Ünï 象 😀\n ASSISTANT:$/);
  });

  it("say which tokens are the question's", () => {
    const { ids, question } = prompts.write("How many red shapes are there?", ["image"], 100);
    assert.equal(tokenizer.decode(ids.slice(question.start, question.end)), "How many red shapes are there?");
  });
});
