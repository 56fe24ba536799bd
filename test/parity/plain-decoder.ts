import assert from "node:assert/strict";
import { continueGreedily, lmHead, type Prefilled, type PrefillInput, prefill } from "#core/reference/decoder.ts";
import type { Decoder } from "#core/reference/decoder-layer.ts";
import { assertClose } from "../support/assert-close.ts";
import type { Tensors } from "../support/fixtures.ts";

const LOGITS = 1e-4;

/** Where decoding in the release goes wrong; see the fixtures' README. */
const OFFICIAL_TOKENS = 2;

/** Runs the plain decoder on `input` and compares whatever the fixtures hold under `prefix`, such as `a196.masked`. */
export function describeRun(model: Decoder, tensors: Tensors, prefix: string, input: PrefillInput): void {
  describe(prefix, () => {
    let run: Prefilled;
    before(() => {
      run = prefill(model, input);
    });
    const compare = (suffix: string, title: string, check: (data: ArrayLike<number> & Iterable<number>) => void) => {
      const name = `${prefix}.${suffix}`;
      if (tensors.has(name)) it(title, () => check(tensors.get(name).data));
    };

    compare("logits", "logits of all positions", (logits) => assertClose(lmHead(model, run.hidden), logits, LOGITS));
    compare("logits_last", "logits of the last position", (logits) => assertClose(run.logits, logits, LOGITS));
    compare("hidden_last", "last row before every layer and after the norm", (rows) => {
      const normed = run.hidden.slice(-model.decoder.hidden);
      assertClose(
        [...run.layers.map(({ lastHidden }) => lastHidden), normed].flatMap((row) => [...row]),
        rows,
        LOGITS,
      );
    });
    compare("importance", "importance at every layer", (rows) => checkImportance(run, rows, input));
    compare("kept", "tokens kept after every layer", (flags) => checkKept(run, flags, input));
    for (const ids of ["greedy_ids", "greedy_clean_ids"]) {
      compare(ids, "greedy continuation", (expected) =>
        checkGreedy(model, run, tensors, `${prefix}.${ids}`, expected.length),
      );
    }
    compare("greedy_official_ids", "the continuation up to the release's decoding fault", () =>
      checkGreedy(model, run, tensors, `${prefix}.greedy_official_ids`, OFFICIAL_TOKENS),
    );
  });
}

function checkImportance(run: Prefilled, expected: ArrayLike<number>, { mode, isText }: PrefillInput): void {
  for (const [layer, { entered, importance }] of run.layers.entries()) {
    const positions = mode === "physical" ? [...entered] : [...isText.keys()];
    const row = positions.map((position) => expected[layer * isText.length + position] ?? Number.NaN);
    assertClose(importance, row, { relative: 1e-3, absolute: 1e-15 });
  }
}

function checkKept(run: Prefilled, flags: ArrayLike<number>, { isText }: PrefillInput): void {
  for (const [layer, { kept }] of run.layers.entries()) {
    const expected = [...isText.keys()].filter((position) => flags[layer * isText.length + position] === 1);
    assert.deepEqual([...kept], expected, `after layer ${layer}`);
  }
}

function checkGreedy(model: Decoder, run: Prefilled, tensors: Tensors, name: string, count: number): void {
  const { ids, logits } = continueGreedily(model, run, count);
  assert.deepEqual(ids, [...tensors.get(name).data].slice(0, count));
  const logitsName = name.replace(/_ids$/, "_logits");
  if (!tensors.has(logitsName)) return;
  const expected = tensors.floats(logitsName).data.subarray(0, count * model.decoder.vocab);
  assertClose(
    logits.flatMap((row) => [...row]),
    expected,
    LOGITS,
  );
}

/** [tokens] 1 except from `start` up to `end`. */
export function textFlags(start: number, end: number, tokens: number): Uint8Array {
  return new Uint8Array(tokens).fill(1).fill(0, start, end);
}
