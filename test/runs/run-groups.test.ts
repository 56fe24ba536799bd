import assert from "node:assert/strict";
import fc from "fast-check";
import { type RunEntry, summaryOf } from "#runs/run-entry.ts";
import { groupRuns, type RunNode, runsIn } from "#runs/run-groups.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const SAMPLE: RunEntry = { ...summaryOf({ record: syntheticRecord(), isPinned: false }), sizeBytes: 1 };

function entry(id: string, media: readonly string[], notebook?: string): RunEntry {
  return { ...SAMPLE, id, media, ...(notebook !== undefined && { notebook }) };
}

/** The tree as nested lists, a group as its words and what is in it. */
function outline(nodes: readonly RunNode[]): unknown {
  return nodes.map((node) => {
    if (node.kind === "run") return node.id;
    const { key } = node;
    return [key.kind === "notebook" ? (key.notebook ?? "none") : key.media.join(), outline(node.children)];
  });
}

describe("groupRuns", () => {
  it("lists the runs of one notebook about one file as they are", () => {
    assert.deepEqual(outline(groupRuns([entry("b", ["x.mp4"], "n"), entry("a", ["x.mp4"], "n")])), ["b", "a"]);
    assert.deepEqual(groupRuns([]), []);
  });

  it("groups by notebook, and by file where there is more than one", () => {
    const entries = [
      entry("e", ["x.mp4"], "n"),
      entry("d", ["y.mp4"], "n"),
      entry("c", ["x.mp4"]),
      entry("b", [], "n"),
      entry("a", ["x.mp4"], "n"),
    ];
    assert.deepEqual(outline(groupRuns(entries)), [
      [
        "n",
        [
          ["x.mp4", ["e", "a"]],
          ["y.mp4", ["d"]],
          ["", ["b"]],
        ],
      ],
      ["none", ["c"]],
    ]);
  });

  it("does not group what it would not gather", () => {
    const lone = [entry("c", ["x.mp4"], "n"), entry("b", ["y.mp4"], "n"), entry("a", ["x.mp4"], "m")];
    assert.deepEqual(outline(groupRuns(lone.slice(0, 2))), ["c", "b"]);
    assert.deepEqual(outline(groupRuns(lone.slice(1))), ["b", "a"]);
    assert.deepEqual(outline(groupRuns(lone)), [
      ["n", ["c", "b"]],
      ["m", ["a"]],
    ]);
  });

  it("holds every run once, and no two nodes with one id", () => {
    const some = fc.constantFrom("p", "q", "");
    const entries = fc
      .array(fc.tuple(fc.option(some, { nil: undefined }), fc.array(some, { maxLength: 2 })), { maxLength: 15 })
      .map((list) => list.map(([notebook, media], i) => entry(`run-${i}`, media, notebook)));
    fc.assert(
      fc.property(entries, (list) => {
        const nodes = groupRuns(list);
        assert.deepEqual(
          nodes
            .flatMap(runsIn)
            .map(({ id }) => id)
            .sort(),
          list.map(({ id }) => id).sort(),
        );
        const all = (some: readonly RunNode[]): string[] =>
          some.flatMap((node) => [node.id, ...(node.kind === "group" ? all(node.children) : [])]);
        assert.equal(new Set(all(nodes)).size, all(nodes).length);
      }),
    );
  });
});
