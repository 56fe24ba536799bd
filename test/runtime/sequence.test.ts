import assert from "node:assert/strict";
import type { TokenGroup } from "#model/layout.ts";
import type { MergedGroup } from "#runtime/merger.ts";
import { buildSequence, countVisualTokens, type MergedMedium } from "#runtime/sequence.ts";
import { assertAimError } from "../support/assert-error.ts";

const NEWLINE = 99;
const newline = Float32Array.of(NEWLINE);
const [IMAGE, VIDEO] = [-1, -2];

/** A group of one channel whose token values are `first`, `first + 1`, ... */
function group(options: {
  rows: number;
  columns: number;
  first: number;
  positions?: number[];
  mergedRows?: number[];
  grid?: { rows: number; columns: number };
  hasRowEnds?: boolean;
}): MergedGroup {
  const { rows, columns, first, hasRowEnds = false } = options;
  const positions = options.positions ?? [...Array(rows * columns).keys()];
  const features = new Float32Array(rows * columns);
  const source: TokenGroup = { kind: "frame", rows, columns, features, ...(hasRowEnds && { rowEnd: newline }) };
  const values = Float32Array.from(positions, (_, i) => first + i);
  return {
    group: source,
    values,
    rows: Int32Array.from(options.mergedRows ?? positions),
    positions: Int32Array.from(positions),
    grid: options.grid ?? { rows, columns },
    flops: 0,
    steps: [],
  };
}

function build(ids: number[], media: MergedMedium[], isSpatial = false) {
  const embed = (id: number) => Float32Array.of(1000 + id);
  const sequence = buildSequence({
    ids,
    media,
    isSpatial,
    hidden: 1,
    placeholders: { image: IMAGE, video: VIDEO },
    embed,
  });
  return { ...sequence, values: [...sequence.embeddings] };
}

describe("buildSequence", () => {
  it("leaves a question without media alone", () => {
    const { values, isText, visual } = build([1, 2], []);
    assert.deepEqual(values, [1001, 1002]);
    assert.deepEqual([...isText], [1, 1]);
    assert.equal(visual, 0);
  });

  it("puts frames in order and ends a video with one newline", () => {
    const groups = [group({ rows: 1, columns: 2, first: 10 }), group({ rows: 1, columns: 2, first: 20 })];
    const { values, isText, mergedInto } = build([1, VIDEO, 2], [{ kind: "video", groups, end: newline }]);
    assert.deepEqual(values, [1001, 10, 11, 20, 21, NEWLINE, 1002]);
    assert.deepEqual([...isText], [1, 0, 0, 0, 0, 0, 1]);
    assert.deepEqual([...mergedInto], [0, 1, 2, 3]);
  });

  it("gives each placeholder the next medium of its kind, whatever order the template chose", () => {
    const media: MergedMedium[] = [
      { kind: "video", groups: [group({ rows: 1, columns: 1, first: 10 })] },
      { kind: "image", groups: [group({ rows: 1, columns: 1, first: 20 })] },
      { kind: "image", groups: [group({ rows: 1, columns: 1, first: 30 })] },
    ];
    const { values, mergedInto } = build([IMAGE, IMAGE, VIDEO], media);
    assert.deepEqual(values, [20, 30, 10]);
    assert.deepEqual([...mergedInto], [2, 0, 1]); // in the order of the media
  });

  it("ends every row of a grid with a newline", () => {
    const groups = [group({ rows: 2, columns: 2, first: 10, hasRowEnds: true })];
    const { values, mergedInto } = build([IMAGE], [{ kind: "image", groups }]);
    assert.deepEqual(values, [10, 11, NEWLINE, 12, 13, NEWLINE]);
    assert.deepEqual([...mergedInto], [0, 1, 3, 4]);
  });

  it("keeps newlines at their rows after merging in spatial order, and puts them after the group otherwise", () => {
    const merged = { rows: 2, columns: 2, first: 10, positions: [1, 3], mergedRows: [0, 0, 1, 1], hasRowEnds: true };
    const media: MergedMedium[] = [{ kind: "image", groups: [group(merged)] }];
    assert.deepEqual(build([IMAGE], media, true).values, [10, NEWLINE, 11, NEWLINE]);
    const { values, mergedInto } = build([IMAGE], media, false);
    assert.deepEqual(values, [10, 11, NEWLINE, NEWLINE]);
    assert.deepEqual([...mergedInto], [0, 0, 1, 1]);
  });

  it("refuses a prompt that has not one place for every medium", () => {
    const video: MergedMedium = { kind: "video", groups: [group({ rows: 1, columns: 1, first: 10 })] };
    assertAimError(() => build([1, 2], [video]), {
      code: "invalid-model",
      message: /no place for a medium of kind video/,
      hint: /template/,
    });
    assertAimError(() => build([IMAGE, VIDEO], [video]), {
      code: "invalid-model",
      message: /place for a medium of kind image/,
      hint: /template/,
    });
  });

  it("ends the rows of a coarser grid where a method made one", () => {
    const coarse = {
      rows: 4,
      columns: 2,
      first: 10,
      positions: [0, 1],
      mergedRows: [0, 0, 0, 0, 1, 1, 1, 1],
      hasRowEnds: true,
    };
    const media: MergedMedium[] = [{ kind: "image", groups: [group({ ...coarse, grid: { rows: 2, columns: 1 } })] }];
    assert.deepEqual(build([IMAGE], media).values, [10, NEWLINE, 11, NEWLINE]);
    assert.equal(countVisualTokens(media), 4);
  });

  it("maps encoded tokens that a method dropped to no token", () => {
    const dropped = { rows: 1, columns: 4, first: 10, positions: [1, 3], mergedRows: [-1, 0, -1, 1] };
    const { mergedInto, visual } = build([9, IMAGE], [{ kind: "image", groups: [group(dropped)], end: newline }], true);
    assert.deepEqual([...mergedInto], [-1, 0, -1, 1]);
    assert.equal(visual, 3);
  });

  it("ends rows that lost all their tokens, too", () => {
    const merged = { rows: 3, columns: 1, first: 10, positions: [2], mergedRows: [0, 0, 0], hasRowEnds: true };
    const media: MergedMedium[] = [{ kind: "image", groups: [group(merged)] }];
    assert.deepEqual(build([IMAGE], media, true).values, [NEWLINE, NEWLINE, 10, NEWLINE]);
  });
});
