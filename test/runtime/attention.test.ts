import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Engine, type EngineOptions } from "#runtime/engine.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../tools/checkpoint/spec.ts";
import { assertClose } from "../support/assert-close.ts";
import { assertAimError } from "../support/assert-error.ts";

const SAMPLES = path.join(import.meta.dirname, "../../media/samples");
const LAYERS = 8;
const NOT_HELD = { code: "not-found", message: /is not held/, hint: /ask the question again/ } as const;

describe("attention of a run about a picture and a video", () => {
  const { AIM_CACHE } = process.env;
  let folder = "";
  const engines: Engine[] = [];
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "aim-"));
    process.env.AIM_CACHE = path.join(folder, "cache"); // for converted weights
    makeCheckpoint(folder, { ...TINY, text: { ...TINY.text, layers: LAYERS } });
  });
  after(async () => {
    await Promise.all(engines.map((engine) => engine.close()));
    if (AIM_CACHE === undefined) delete process.env.AIM_CACHE;
    else process.env.AIM_CACHE = AIM_CACHE;
    rmSync(folder, { recursive: true });
  });

  const open = async (options: EngineOptions = {}): Promise<Engine> => {
    const engine = await Engine.open(folder, { hasDiskCache: false, keepsTraces: true, ...options });
    engines.push(engine);
    return engine;
  };
  const ask = (engine: Engine, method: "aim" | "fastv" | "full") =>
    engine.ask({
      question: "How many shapes?",
      media: [
        { kind: "image", path: path.join(SAMPLES, "four-shapes.jpg") },
        { kind: "video", path: path.join(SAMPLES, "two-arrive.mp4"), frames: 2 },
      ],
      settings: { method, maxTokens: 3 },
    });
  const lastOfPrompt = (engine: Engine, run: string) =>
    engine.trace(run).summary.tokens.findLastIndex(({ role }) => role !== "answer");

  it("is that by which the last token of the prompt ranked the visual tokens", async () => {
    const engine = await open();
    const { id, visual } = await ask(engine, "fastv");
    const [layer = -1, ...more] = visual.importanceLayers;
    assert.ok(layer >= 0 && more.length === 0);
    const shares = engine.trace(id).attention(lastOfPrompt(engine, id), layer); // [heads, visual]
    const heads = shares.length / visual.count;
    const means = visual.importance.map((_, token) => {
      let sum = 0;
      for (let head = 0; head < heads; head++) sum += shares[head * visual.count + token] ?? Number.NaN;
      return sum / heads;
    });
    assertClose(means, visual.importance, { relative: 1e-4, absolute: 1e-9 });
  });

  it("knows the tokens of the question and of the answer, and at which layers visual tokens were present", async () => {
    const engine = await open();
    const { id, visual, tokens, finish } = await ask(engine, "aim");
    const trace = engine.trace(id);
    const { summary } = trace;
    const textOf = (role: string) =>
      summary.tokens.flatMap((token) => (token.role === role ? token.text : [])).join("");
    assert.equal(textOf("question"), "how many shapes?");
    assert.match(textOf("template"), /^<\|im_start\|>user.*<\|im_end\|><\|im_start\|>assistant\n$/s);
    const fed = summary.tokens.filter(({ role }) => role === "answer").length;
    assert.equal(finish, "length");
    assert.equal(fed, tokens.generated - 1); // nothing was asked of the last one
    assert.equal(summary.tokens.length, tokens.text + fed);
    assert.deepEqual([summary.run, summary.layers, summary.visual], [id, LAYERS, visual.count]);
    for (let layer = 0; layer < LAYERS; layer++) {
      for (const token of [0, lastOfPrompt(engine, id), summary.tokens.length - 1]) {
        const isPresent = Array.from(trace.attention(token, layer), (share) => !Number.isNaN(share));
        const expected = Array.from(visual.lastLayer, (last) => last >= layer);
        assert.deepEqual(isPresent, Array(summary.heads).fill(expected).flat());
      }
    }
  });

  it("is kept by an engine that is told so, until it forgets", async () => {
    const engine = await open();
    const { id } = await ask(engine, "full");
    const other = await ask(engine, "aim");
    assert.equal(engine.trace(id).summary.run, id);
    engine.forget();
    for (const run of [id, other.id, "no run"]) assertAimError(() => engine.trace(run), NOT_HELD);

    const plain = await open({ keepsTraces: false });
    const { id: unkept } = await ask(plain, "full");
    assertAimError(() => plain.trace(unkept), NOT_HELD);
  });

  for (const precision of ["q8", "int8"] as const) {
    it(`adds up to one at most in ${precision}, too`, async () => {
      const engine = await open({ precision });
      const { id, visual } = await ask(engine, "full");
      const trace = engine.trace(id);
      for (let layer = 0; layer < LAYERS; layer++) {
        const shares = trace.attention(trace.summary.tokens.length - 1, layer);
        for (let head = 0; head < trace.summary.heads; head++) {
          const sum = shares
            .subarray(head * visual.count, (head + 1) * visual.count)
            .reduce((total, share) => total + share, 0);
          assert.ok(sum > 0 && sum < 1, `${sum}`);
        }
      }
    });
  }
});
