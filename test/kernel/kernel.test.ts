import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AimError, isCancelled } from "#core/errors.ts";
import type { RunEvents } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import { Engine } from "#runtime/engine.ts";
import { describeModel, modelFolder } from "#runtime/models.ts";
import { isGone, MediaFolder } from "../media/folder.ts";
import { disposed, request, type Supervised, sample, supervise } from "../support/supervised.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FLASH = request("What flashes in the middle?", { media: [sample("flash-in-the-middle.mp4")] });
const RINGS = request("How many rings are there?", { media: [sample("two-rings.jpg")] });
/** An answer of 122 tokens, so that there is time to cancel it. */
const LONG = request("What happens?", {
  media: [sample("two-rings.jpg")],
  settings: { temperature: 5, maxTokens: 800, seed: 133 },
});

const isLost = (error: unknown) => error instanceof AimError && error.code === "kernel-lost";

/** What a run is known by, whenever and wherever it ran. */
function essence({ answer, finish, question, settings, tokens, visual, cost, media }: RunRecord) {
  return { answer, finish, question, settings, tokens, visual, flops: cost.exact.tflops, media };
}

describe("kernel", function () {
  this.timeout(30_000);
  const keep = disposed();
  const at = temporaryFolder();

  const start = (): Supervised => keep(supervise({ env: () => ({ AIM_CACHE: at("cache") }) }));

  /** Asks and kills the kernel at the first progress in `stage`. */
  async function killAt(kernel: Supervised, stage: string): Promise<void> {
    const onProgress: RunEvents["onProgress"] = (now) =>
      now === stage && process.kill(kernel.pids().at(-1) ?? 0, "SIGKILL");
    await assert.rejects(kernel.supervisor.ask(RINGS, { onProgress }), isLost);
  }

  it("answers as the engine does, streams the answer and tells every stage", async () => {
    const engine = await Engine.open(modelFolder("demo", "/"), { hasDiskCache: false });
    const expected = await engine.ask(FLASH);
    await engine.close();
    const { supervisor } = start();
    let text = "";
    const stages = new Set<string>();
    const record = await supervisor.ask(FLASH, {
      onText: (piece) => {
        text += piece;
      },
      onProgress: (stage) => stages.add(stage),
    });
    assert.deepEqual(essence(record), essence(expected));
    assert.equal(text.trim(), record.answer);
    assert.deepEqual([...stages].sort(), ["decode", "load", "media", "prefill", "vision"]);
  });

  it("streams a long answer whole", async () => {
    const { supervisor } = start();
    let text = "";
    const record = await supervisor.ask(LONG, {
      onText: (piece) => {
        text += piece;
      },
    });
    assert.ok(record.tokens.generated > 50);
    assert.equal(text.trim(), record.answer);
  });

  it("rejects with the runtime's errors", async () => {
    const { supervisor } = start();
    const missing = { kind: "video", path: at("no.mp4") } as const;
    await assert.rejects(supervisor.ask(request("?", { media: [missing] }), {}), { code: "not-found" });
    await assert.rejects(supervisor.ask(request("?", { model: "no-such-model" }), {}), {
      code: "not-found",
      hint: /checkpoint/,
    });
    await assert.rejects(supervisor.describe({ base: at(), model: "." }), { code: "not-found" });
  });

  it("is cancelled before the first token, and answers the next question", async () => {
    const kernel = start();
    const controller = new AbortController();
    const onProgress: RunEvents["onProgress"] = (stage) => stage === "vision" && controller.abort();
    await assert.rejects(kernel.supervisor.ask(RINGS, { onProgress }, controller.signal), isCancelled);
    assert.equal((await kernel.supervisor.ask(RINGS, {})).answer, "two");
    assert.equal(kernel.pids().length, 1);
  });

  it("gives the answer so far when it is cancelled after the first token", async () => {
    const { supervisor } = start();
    const whole = await supervisor.ask(LONG, {});
    const controller = new AbortController();
    const record = await supervisor.ask(LONG, { onText: () => controller.abort() }, controller.signal);
    assert.equal(record.finish, "cancelled");
    assert.ok(record.tokens.generated >= 1 && record.tokens.generated < whole.tokens.generated);
    assert.ok(whole.answer.startsWith(record.answer));
  });

  it("tells the attention of the last runs, also while it answers", async () => {
    const { supervisor } = start();
    const { id, visual, model, tokens } = await supervisor.ask(RINGS, {});
    const trace = await supervisor.attentionTrace(id);
    const { layers, heads } = model.decoder;
    assert.deepEqual([trace.run, trace.layers, trace.heads, trace.visual], [id, layers, heads, visual.count]);
    assert.equal(trace.tokens.length, tokens.text + tokens.generated); // it ended by itself
    assert.deepEqual(
      trace.tokens.flatMap(({ role, text }) => (role === "template" ? [] : text)).join(""),
      "how many rings are there?two",
    );
    const query = { run: id, token: trace.tokens.length - 1, layer: 2 };
    const idle = await supervisor.attention(query);
    assert.equal(idle.length, heads * visual.count);
    assert.ok(idle.some((share) => share > 0));

    let isAnswered = false;
    let busy: Promise<Float32Array> | undefined;
    const run = supervisor.ask(LONG, {
      onText: () => {
        busy ??= supervisor.attention(query).finally(() => assert.ok(!isAnswered));
      },
    });
    await run;
    isAnswered = true;
    assert.deepEqual(await busy, idle);
  });

  it("knows no attention of other runs, of none once features are forgotten, and of none in a new process", async () => {
    const kernel = start();
    const { supervisor } = kernel;
    const notHeld = { name: "AimError", code: "not-found", hint: /ask the question again/ };
    const { id } = await supervisor.ask(RINGS, {});
    await assert.rejects(supervisor.attentionTrace("another"), notHeld);
    await assert.rejects(supervisor.attention({ run: id, token: 999, layer: 0 }), { code: "invalid-argument" });
    await supervisor.clearFeatures();
    await assert.rejects(supervisor.attentionTrace(id), notHeld);
    const again = await supervisor.ask(RINGS, {});
    await supervisor.restart();
    await assert.rejects(supervisor.attentionTrace(again.id), notHeld);
    await assert.rejects(supervisor.attention({ run: again.id, token: 0, layer: 0 }), notHeld);
    assert.equal(kernel.pids().length, 1); // none was started to say so
  });

  it("describes a model without opening it", async () => {
    const { supervisor } = start();
    const found = await supervisor.describe({ base: "/" });
    assert.deepEqual(found, describeModel("demo", "/"));
    const { folder, ...rest } = found;
    assert.match(folder, /demo-model$/);
    assert.deepEqual(
      [rest.name, rest.family, rest.layers, rest.preset.method],
      ["demo-model", "llava-onevision", 8, "aim"],
    );
    assert.ok(rest.parameters > 1e6);
  });

  it("forgets features, in memory and on disk", async () => {
    const { supervisor } = start();
    assert.equal(await supervisor.clearFeatures(), 0);
    assert.equal((await supervisor.ask(RINGS, {})).cachedFrames, 0);
    const pieces = (await supervisor.ask(RINGS, {})).cachedFrames;
    assert.ok(pieces > 0);
    const bytes = await supervisor.clearFeatures();
    assert.ok(bytes > 0);
    assert.deepEqual(files(), []);
    assert.equal((await supervisor.ask(RINGS, {})).cachedFrames, 0);
    assert.equal(await supervisor.clearFeatures(), bytes);
  });

  it("is killed in a run, and the next one is right and leaves nothing half written", async () => {
    const kernel = start();
    for (const stage of ["load", "vision", "prefill"]) {
      await killAt(kernel, stage);
      assert.equal((await kernel.supervisor.ask(RINGS, {})).answer, "two");
      await kernel.supervisor.clearFeatures();
    }
    await kernel.supervisor.ask(RINGS, {});
    assert.ok(files().length > 0);
    assert.deepEqual(
      files().filter((name) => !name.endsWith(".f32")),
      [],
    );
    for (const pid of kernel.pids().slice(0, -1)) assert.ok(await isGone(pid));
  });

  it("writes to its cache alone: no reports for anybody, nothing temporary", async () => {
    const elsewhere = { TMPDIR: at(), TEMP: at(), TMP: at(), HOME: at(), XDG_CACHE_HOME: at(), XDG_DATA_HOME: at() };
    const { supervisor } = keep(supervise({ env: () => ({ ...elsewhere, CI: "", AIM_CACHE: at("cache") }) }));
    await supervisor.ask(RINGS, {});
    await supervisor.restart();
    assert.deepEqual(readdirSync(at()), ["cache"]);
  });

  it("takes ffmpeg with it when it is killed, also one that writes nothing", async () => {
    const media = await MediaFolder.create();
    try {
      const slow = [`echo $$ >> ${media.path("pids")}`, "exec sleep 60"].join("; ");
      const ffmpeg = await media.script("ffmpeg", `[ "$1" = -version ] || { ${slow}; }`, 'exec ffmpeg "$@"');
      const kernel = keep(supervise({ env: () => ({ AIM_CACHE: at("cache"), AIM_FFMPEG: ffmpeg }) }));
      const run = kernel.supervisor.ask(FLASH, {});
      run.catch(() => {});
      while (!existsSync(media.path("pids"))) await sleep(20);
      process.kill(kernel.pids()[0] ?? 0, "SIGKILL");
      await assert.rejects(run, isLost);
      const [pid = 0] = readFileSync(media.path("pids"), "utf8").split("\n").map(Number);
      assert.ok(pid > 0 && (await isGone(pid)));
    } finally {
      await media.remove();
    }
  });

  function files(): string[] {
    if (!existsSync(at("cache", "features"))) return [];
    return readdirSync(at("cache", "features"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  }
});
