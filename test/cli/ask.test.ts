import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { assertFailed, runAim } from "../support/run-aim.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const STAR = "media/samples/star-moves.mp4";
const SHAPES = "media/samples/four-shapes.jpg";

const COMMANDS = ["ask", "run", "cost", "inspect", "eval"];

describe("aim ask", function () {
  this.timeout(120_000);
  const at = temporaryFolder();

  it("answers about a video, streaming text and then figures", async () => {
    const { code, out, err } = await runAim(["ask", "--video", STAR, "Which way does the star move?"]);
    assert.equal(code, 0, err);
    assert.match(out, /^right\n\ntokens {3}392 visual -> 105 merged -> 0 in the last layer/);
    assert.equal(err, ""); // no progress where nobody looks
  });

  it("prints one JSON object with all that scripts need", async () => {
    const { out } = await runAim(["ask", "--image", SHAPES, "--json", "How many shapes are there?"]);
    const run = JSON.parse(out);
    assert.equal(run.answer, "four");
    assert.deepEqual([run.model, run.device, run.precision], ["demo-model", "cpu", "f32"]);
    assert.deepEqual(run.settings.method, "aim");
    assert.equal(run.settings.merge.retention, 0.25);
    assert.deepEqual([run.settings.prune.firstLayer, run.settings.prune.lastLayer], [4, 7]);
    assert.deepEqual([run.tokens.encoded, run.tokens.merged], [196, 50]);
    const { text } = run.tokens;
    assert.deepEqual(
      run.tokens.perLayer.map((count: number) => count - text),
      [50, 50, 50, 50, 50, 33, 16, 0],
    );
    assert.deepEqual(run.tokens.kvPerLayer, run.tokens.perLayer);
    for (const convention of ["aim", "exact"]) {
      const { tflops, fullTflops, ratio } = run.cost[convention];
      assert.ok(tflops > 0 && Math.abs(ratio - fullTflops / tflops) < 1e-9, convention);
    }
    const stages: Record<string, number> = run.cost.exact.stages;
    assert.ok(
      Math.abs(Object.values(stages).reduce((sum, value) => sum + value, 0) / run.cost.exact.tflops - 1) < 1e-9,
    );
    for (const stage of ["media", "vision", "merge", "prefill", "firstToken", "decode", "total"])
      assert.ok(run.timeMs[stage] >= 0, stage);
    assert.ok(run.peakRssMb > 10);
  });

  it("compares settings", async () => {
    const { code, out, err } = await runAim([
      "ask",
      "--image",
      SHAPES,
      "--compare",
      "full",
      "How many shapes are there?",
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /^own settings:\n {2}four\n[\s\S]*\nfull:\n {2}four\n/);
    const flags = ["--compare", "merge=50% prune=off", "--compare", "vtw", "--json"];
    const { comparison } = JSON.parse((await runAim(["ask", "--image", SHAPES, ...flags, "How many?"])).out);
    assert.deepEqual(
      comparison.map(({ label, tokens }: { label: string; tokens: { merged: number } }) => [label, tokens.merged]),
      [
        ["merge 50%, prune off", 99],
        ["vtw", 197],
      ],
    );
    assertFailed(await runAim(["ask", "--compare", "fulll", "How many?"]), /unknown method/, /full/);
  });

  it("takes several media, no media, and settings", async () => {
    const both = JSON.parse(
      (await runAim(["ask", "--image", SHAPES, "--image", "media/samples/two-rings.jpg", "--json", "What do you see?"]))
        .out,
    );
    assert.equal(both.tokens.encoded, 392);
    const none = JSON.parse((await runAim(["ask", "--json", "What color is the sky?"])).out);
    assert.deepEqual([none.tokens.encoded, none.tokens.merged], [0, 0]);
    const flags = [
      "--merge",
      "12.5%",
      "--merge-order",
      "spatial",
      "--prune",
      "2..6",
      "--frames",
      "4",
      "--temperature",
      "0.7",
      "--seed",
      "5",
      "--max-tokens",
      "3",
    ];
    const set = JSON.parse(
      (await runAim(["ask", "--video", STAR, "--json", ...flags, "What happens in the video?"])).out,
    );
    assert.deepEqual([set.tokens.encoded, set.tokens.merged], [196, 4 * 7 + 1]);
    assert.ok(set.tokens.generated <= 3);
    const again = JSON.parse(
      (await runAim(["ask", "--video", STAR, "--json", ...flags, "What happens in the video?"])).out,
    );
    assert.equal(again.answer, set.answer);
    const full = JSON.parse(
      (await runAim(["ask", "--video", STAR, "--method", "full", "--json", "Which shape moves?"])).out,
    );
    assert.equal(full.tokens.merged, 393);
    assert.equal(full.cost.aim.ratio, 1);
  });

  it("cuts for a budget, and tells what was predicted once a run was measured", async () => {
    const env = { AIM_CACHE: at("cache") };
    const flags = ["ask", "--image", SHAPES, "--budget", "7x", "--device", "cpu"];
    const run = JSON.parse((await runAim([...flags, "--json", "How many shapes are there?"], { env })).out);
    assert.ok(run.cost.aim.ratio >= 7 && run.budget.isReached, `${run.cost.aim.ratio}`);
    assert.deepEqual(run.budget.target, { kind: "times", value: 7 });
    const { out } = await runAim([...flags, "How many shapes are there?"], { env });
    assert.match(out, /^ +first token was predicted after .* and came after .* % off\)$/m);
    assert.match(out, /^budget {3}7× fewer FLOPs of LLM prefill \(aim\): merge \d.*prune/m);
    const missed = await runAim(["ask", "--image", SHAPES, "--budget", "0.001s", "What?"], { env });
    assert.match(missed.out, /^note .*measured first/m);
    assert.match(missed.out, /^note .*cannot be met/m);
    assert.ok(readdirSync(at("cache", "calibration")).every((name) => name.endsWith(".json")));
  });

  it("does not encode the same frame twice, in the next process either", async () => {
    const env = { AIM_CACHE: at("cache") };
    const ask = async () =>
      JSON.parse((await runAim(["ask", "--image", SHAPES, "--json", "What color is the star?"], { env })).out);
    const [first, second] = [await ask(), await ask()];
    assert.deepEqual([first.cachedFrames, second.cachedFrames], [0, 1]);
    assert.equal(second.answer, first.answer);
    assert.equal(second.cost.exact.stages.vision, 0);
  });

  it("writes a report that needs nothing else", async () => {
    const { code } = await runAim([
      "ask",
      "--image",
      SHAPES,
      "--report",
      at("a folder", "report.html"),
      "What color is the star?",
    ]);
    assert.equal(code, 0);
    const html = readFileSync(at("a folder", "report.html"), "utf8");
    assert.match(html, /Content-Security-Policy/);
    assert.doesNotMatch(html, /(src|href)="https?:/);
  });

  it("cuts a question that is too long, and says so", async () => {
    const run = JSON.parse(
      (await runAim(["ask", "--image", SHAPES, "--json", "how many shapes are there and ".repeat(300)])).out,
    );
    assert.match(run.notices[0], /too long: its last \d+ tokens were left out/);
    assert.ok(run.tokens.perLayer[0] <= 1024);
  });

  it("refuses media that leave no room for a question, before it runs", async () => {
    assertFailed(
      await runAim(["ask", "--video", STAR, "--frames", "64", "--method", "full", "Why?"]),
      /3137 tokens, the model has room for 1024/,
      /fewer frames/,
    );
  });

  it("says what is wrong with flags and values", async () => {
    assertFailed(await runAim(["ask"]), /no question/);
    assertFailed(await runAim(["ask", "--colour", "x", "Why?"]), /unknown option '--colour'/, /--help/);
    assertFailed(await runAim(["ask", "--merge", "250%", "Why?"]), /merge .*got "250%"/, /25%/);
    assertFailed(await runAim(["ask", "--prune", "9..12", "Why?"]), /9\.\.12 does not fit.*8 layers/, /0 to 7/);
    assertFailed(await runAim(["ask", "--budget", "7", "Why?"]), /budget .*got "7"/, /7x/);
    assertFailed(
      await runAim(["ask", "--budget", "7x", "--merge", "25%", "Why?"]),
      /--budget and --merge/,
      /one of them/,
    );
    assertFailed(
      await runAim(["ask", "--budget", "7x", "--method", "full", "Why?"]),
      /method aim, got full/,
      /--budget/,
    );
    assertFailed(await runAim(["ask", "--frames", "0", "Why?"]), /frames .*got "0"/);
    assertFailed(await runAim(["ask", "--method", "magic", "Why?"]), /unknown method, got "magic"/, /aim, full/);
    assertFailed(await runAim(["ask", "--model", "nowhere", "Why?"]), /no model "nowhere"/, /checkpoint/);
    assertFailed(await runAim(["ask", "--device", "cuda", "Why?"]), /cuda/, /cpu/);
    assertFailed(
      await runAim(["ask", "--start", "20", "--end", "10", "--video", STAR, "Why?"]),
      /end .* after the start/,
    );
  });

  it("says what is wrong with media, and leaves nothing behind", async () => {
    mkdirSync(at("tmp"));
    writeFileSync(at("words.mp4"), "this is a text");
    writeFileSync(at("empty.jpg"), "");
    writeFileSync(at("list.mp4"), "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n");
    const before = readdirSync(at());
    const ask = (...args: string[]) =>
      runAim(["ask", ...args, "Why?"], { cwd: at(), env: { TMPDIR: at("tmp"), AIM_CACHE: at("tmp") } });
    assertFailed(await ask("--video", "missing.mp4"), /missing\.mp4/);
    assertFailed(await ask("--video", "words.mp4"), /words\.mp4/);
    assertFailed(await ask("--video", "list.mp4"), /list\.mp4/);
    assertFailed(await ask("--image", "empty.jpg"), /empty\.jpg/);
    assertFailed(await ask("--image", "."), /./);
    assert.deepEqual(readdirSync(at()), before);
    assert.deepEqual(
      readdirSync(at("tmp"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
      [],
    );
  });

  it("ends quietly with code 130 when it is interrupted", async () => {
    const question = "What happens in the video?";
    const { code, err } = await runAim(
      ["ask", "--video", STAR, "--max-tokens", "500", "--temperature", "5", question],
      { interruptAt: /./ },
    );
    assert.equal(code, 130, err);
    assert.equal(err, "");
  });
});

describe("aim", function () {
  this.timeout(60_000);

  it("explains every command", async () => {
    const { code, out } = await runAim([]);
    assert.equal(code, 0);
    for (const command of COMMANDS) {
      assert.match(out, new RegExp(`^  ${command} `, "m"));
      const help = await runAim([command, "--help"]);
      assert.equal(help.code, 0);
      assert.match(help.out, new RegExp(`^Usage: aim ${command}`));
    }
  });

  it("names the commands when it gets another", async () => {
    const { code, err } = await runAim(["frobnicate"]);
    assert.equal(code, 1);
    assert.match(err, /unknown command "frobnicate"/);
  });
});
