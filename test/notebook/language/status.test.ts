import assert from "node:assert/strict";
import type { CellSource } from "#notebook/cascade.ts";
import { cellStatus } from "#notebook/language/status.ts";
import { presetOf } from "../../support/preset.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const code = (source: string): CellSource => ({ cell_type: "code", source });
const DEFAULTS = { model: "demo", device: "auto", precision: "auto" } as const;
const UNKNOWN = { defaults: DEFAULTS };
const KNOWN = { defaults: DEFAULTS, preset: presetOf(8) };
const items = (context: Parameters<typeof cellStatus>[2], ...sources: string[]) =>
  cellStatus(sources.map(code), sources.length - 1, context);
const texts = (...of: Parameters<typeof items>) => items(...of).map(({ text }) => text);

describe("cellStatus", () => {
  it("tells model, device and retention, and leads to the settings that decide", () => {
    assert.deepEqual(items(KNOWN, "What?"), [
      {
        ...{ id: "model", text: "demo", tooltip: "Model: demo (setting aim.model)" },
        target: { kind: "setting", setting: "aim.model" },
      },
      {
        ...{ id: "device", text: "auto", tooltip: "Device: auto (setting aim.device)" },
        target: { kind: "setting", setting: "aim.device" },
      },
      {
        id: "retention",
        text: "merge 25% · prune 4..6",
        tooltip: "Visual tokens: merge 25% (by default), prune 4..6 (by default), method aim (by default)",
      },
    ]);
  });

  it("leads to the lines that decide, whatever cell they are in", () => {
    const sources = ["%% defaults\n%model /models/llava/", "%precision q8\n%merge 50%\n%device cpu\nWhat?"];
    const [model, device, precision, retention] = items(KNOWN, ...sources);
    assert.deepEqual(model, {
      ...{ id: "model", text: "llava", tooltip: "Model: /models/llava/ (cell 1, line 2)" },
      target: { kind: "line", cell: 0, line: 1 },
    });
    assert.deepEqual([device?.text, device?.target], ["cpu", { kind: "line", cell: 1, line: 2 }]);
    assert.deepEqual([precision?.text, precision?.target], ["q8", { kind: "line", cell: 1, line: 0 }]);
    assert.deepEqual(
      [retention?.text, retention?.target],
      ["merge 50% · prune 4..6", { kind: "line", cell: 1, line: 1 }],
    );
  });

  it("tells what the method makes of it", () => {
    assert.equal(texts(KNOWN, "%method full\n%merge 50%\nWhat?").at(-1), "full");
    assert.equal(texts(KNOWN, "%method fastv\nWhat?").at(-1), "fastv · prune 2:50%");
    assert.equal(texts(KNOWN, "%merge off\n%prune off\nWhat?").at(-1), "all tokens");
  });

  it("tells of retention what the lines say while the preset is not known, or cannot be followed", () => {
    assert.deepEqual(texts(UNKNOWN, "What?"), ["demo", "auto"]);
    assert.equal(texts(UNKNOWN, "%method vtw\n%merge 50%\nWhat?").at(-1), "merge 50% · vtw");
    assert.equal(texts(KNOWN, "%method random\n%prune 2:50%\nWhat?").at(-1), "prune 2:50% · random");
  });

  it("tells what the last run took", () => {
    const record = { ...syntheticRecord(), cachedFrames: 3 };
    const [, device, retention, flops, seconds] = cellStatus([code("%merge 50%\nWhat?")], 0, KNOWN, [record]);
    assert.match(device?.tooltip ?? "", /; the last run was on cpu, f32$/);
    assert.match(flops?.text ?? "", /^[\d.]+× fewer FLOPs$/);
    assert.match(flops?.tooltip ?? "", /convention aim.*exact/);
    assert.deepEqual(flops?.target, retention?.target);
    assert.match(seconds?.text ?? "", /^\d+ ms$/);
    assert.match(seconds?.tooltip ?? "", /first token .*; 3 frames were encoded before$/);
    assert.equal(seconds?.target, undefined);
  });

  it("tells of a budget in the place of what it chooses", () => {
    assert.deepEqual(items(KNOWN, "%merge 50%", "%seed 1\n%budget 7x\nWhat?").at(-1), {
      id: "retention",
      text: "budget 7x",
      tooltip: "Visual tokens: merged and pruned for 7× fewer FLOPs of LLM prefill (aim) (cell 2, line 2)",
      target: { kind: "line", cell: 1, line: 1 },
    });
    assert.equal(texts(UNKNOWN, "%budget 2s", "What?").at(-1), "budget 2s");
    assert.equal(texts(KNOWN, "%budget 2s", "%merge 50%\nWhat?").at(-1), "merge 50% · prune 4..6");
  });

  it("tells what is compared, and what all of its runs took", () => {
    const source = "%merge 50%\n%compare full\n%compare vtw\nWhat?";
    const record = syntheticRecord();
    const [, , retention, compared, ...more] = cellStatus([code(source)], 0, KNOWN, [record, record]);
    assert.deepEqual(
      [retention?.text, retention?.tooltip, retention?.target],
      ["compares 2 settings", "One run each: full; vtw", { kind: "line", cell: 0, line: 1 }],
    );
    assert.match(compared?.text ?? "", /^2 settings compared in \d+ ms$/);
    assert.match(compared?.tooltip ?? "", /exact/);
    assert.deepEqual(more, []);
  });

  it("tells nothing of a cell of defaults", () => assert.deepEqual(items(KNOWN, "%seed 1"), []));
});
