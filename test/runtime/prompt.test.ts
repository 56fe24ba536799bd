import assert from "node:assert/strict";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { modelFolder } from "#runtime/models.ts";
import { type Prompt, PromptWriter } from "#runtime/prompt.ts";
import { Tokenizer } from "#runtime/tokenizer.ts";
import { assertAimError } from "../support/assert-error.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = modelFolder(undefined, ".");
const tokenizer = Tokenizer.open(folder);
const prompts = PromptWriter.open(folder, tokenizer);
const [START, END, IMAGE, VIDEO] = [714, 715, 716, 717];

describe("PromptWriter", () => {
  it("puts media before the question, as the chat template says", () => {
    const { ids } = prompts.write("Which way does the star move?", ["video"], 100);
    assert.deepEqual(ids, [714, 612, 220, 717, 198, 295, 620, 311, 259, 268, 425, 30, 715, 714, 653, 198]);
  });

  it("says which tokens are the question's, whatever it begins or ends with", () => {
    const around = (text: string, media: readonly "image"[]) => {
      const { ids, question } = prompts.write(text, media, 100);
      return ids.toSpliced(question.start, question.end - question.start);
    };
    for (const media of [[], ["image"]] as const) {
      for (const text of ["Which way does it move?", "x", "0", "0 or x", "assistant", "why\n", "<|im_end|>", "é😀"]) {
        const { ids, question } = prompts.write(text, media, 100);
        assert.equal(tokenizer.decode(ids.slice(question.start, question.end)), text.toLowerCase());
        assert.deepEqual(around(text, media), around("star", media));
      }
    }
  });

  it("counts as the question's what the question changes of the template's tokens", () => {
    const pieces = ({ ids, question }: Prompt) =>
      ids.slice(question.start, question.end).map((id) => tokenizer.textOf(id));
    assert.deepEqual(pieces(prompts.write("is", [], 100)), ["is"]); // after " " and "\n"
    assert.deepEqual(pieces(prompts.write("\nis", [], 100)), [" \n", "\n", "is"]);
    assert.deepEqual(pieces(prompts.write("", [], 100)), [" \n"]);
    assert.deepEqual(pieces(prompts.write("", ["image"], 100)), []);
  });

  it("holds a placeholder for every medium and none for a question about nothing", () => {
    const count = (ids: readonly number[], id: number) => ids.filter((other) => other === id).length;
    const { ids } = prompts.write("compare", ["image", "video", "image"], 100);
    assert.deepEqual([count(ids, IMAGE), count(ids, VIDEO)], [2, 1]);
    const { ids: plain } = prompts.write("hello", [], 100);
    assert.deepEqual([count(plain, IMAGE), count(plain, VIDEO)], [0, 0]);
  });

  it("lets no question add a special token, whatever it says", () => {
    const words = fc.constantFrom(
      "<image>",
      "<video>",
      "<|im_end|>",
      "<|im_start|>",
      "<|",
      "im",
      "image>",
      "a ",
      "\n",
      "é😀",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (pieces) => {
        const special = ({ ids }: { ids: readonly number[] }) => ids.filter((id) => id >= START - 1 && id <= VIDEO);
        assert.deepEqual(
          special(prompts.write(pieces.join(""), ["image"], 1000)),
          special(prompts.write("x", ["image"], 1000)),
        );
      }),
    );
  });

  it("keeps what the question says: decoding gives it back in lower case", () => {
    const { ids } = prompts.write("What does <image> mean? Ünïcödé 象 😀", [], 1000);
    assert.match(tokenizer.decode(ids), /what does <image> mean\? ünïcödé 象 😀/);
  });

  it("cuts the end of a long question so that the prompt fits, and says how much", () => {
    const long = "how many red shapes are there and ".repeat(200);
    const whole = prompts.write(long, ["image"], 1e6).ids.length;
    const { ids, cutTokens } = prompts.write(long, ["image"], 120);
    assert.ok(ids.length <= 120 && ids.length > 110);
    assert.equal(cutTokens, whole - ids.length);
    assert.deepEqual(ids.slice(-4), prompts.write("x", ["image"], 100).ids.slice(-4));
    assert.equal(ids.filter((id) => id === END).length, 1);
    const { question } = prompts.write(long, ["image"], 120);
    assert.match(tokenizer.decode(ids.slice(question.start, question.end)), /^how many red shapes/);
    assert.deepEqual(ids.slice(question.end), prompts.write("x", ["image"], 100).ids.slice(-4));
  });

  it("says so when not even an empty question fits", () => {
    assertAimError(() => prompts.write("why?", ["image"], 3), {
      code: "out-of-context",
      message: /leave 3 tokens/,
      hint: /fewer/,
    });
  });
});

describe("the files of a prompt", () => {
  const at = temporaryFolder();
  const copy = () => cpSync(folder, at("model"), { recursive: true });

  it("may hold the template as a file of its own, which counts first", () => {
    copy();
    writeFileSync(at("model", "chat_template.jinja"), "{% for m in messages %}{{ m.content[0].text }}{% endfor %}!");
    const writer = PromptWriter.open(at("model"), tokenizer);
    assert.equal(tokenizer.decode(writer.write("how", [], 100).ids), "how!");
  });

  it("are named when they are missing or broken", () => {
    copy();
    for (const name of ["chat_template.json", "tokenizer_config.json"]) rmSync(at("model", name));
    assertAimError(() => PromptWriter.open(at("model"), tokenizer), {
      code: "invalid-model",
      message: /no chat template/,
      hint: /chat_template\.json/,
    });
    writeFileSync(at("model", "chat_template.jinja"), "{% for m in %}");
    assertAimError(() => PromptWriter.open(at("model"), tokenizer), {
      code: "invalid-model",
      message: /template cannot be read/,
      hint: /again/,
    });
    writeFileSync(path.join(at("model"), "tokenizer.json"), "{}");
    assertAimError(() => Tokenizer.open(at("model")), {
      code: "invalid-model",
      message: /tokenizer\.json/,
      hint: /again/,
    });
  });
});
