import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { narrowToBf16, narrowToF16 } from "#model/half.ts";
import { openWeights, type Weights } from "#model/weights.ts";
import { writeSafetensors } from "../../tools/checkpoint/write-safetensors.ts";
import { assertAimError } from "../support/assert-error.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type Stored = Float32Array | Float64Array | Uint16Array | Int32Array | BigInt64Array;

function source(name: string, dtype: string, shape: readonly number[], values: Stored) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dtype, shape, sizeBytes: bytes.length, pieces: [bytes] };
}

/** 0, 0.5, 1, ...: exact in every format used here, if `count` is small. */
const halves = (count: number) => Float32Array.from({ length: count }, (_, i) => i / 2);

const A = source("a.weight", "F16", [4, 3], narrowToF16(halves(12)));
const B = source("b.weight", "BF16", [3, 2], narrowToBf16(halves(6)));
const C = source("c.weight", "F32", [5], halves(5));
const INDEX = "model.safetensors.index.json";

describe("openWeights", () => {
  const inFolder = temporaryFolder();
  const opened: Weights[] = [];
  const open = (dir = inFolder()) => {
    const weights = openWeights(dir);
    opened.push(weights);
    return weights;
  };
  afterEach(() => {
    for (const weights of opened.splice(0)) weights.close();
  });
  const writeIndex = (weightMap: unknown) => writeFileSync(inFolder(INDEX), JSON.stringify({ weight_map: weightMap }));
  const refuses = (code: "invalid-model" | "not-found", message: RegExp, hint: RegExp) =>
    assertAimError(() => open(), { code, message, hint });

  it("opens one file", () => {
    writeSafetensors(inFolder("model.safetensors"), [A, B]);
    const weights = open();
    assert.deepEqual([...weights.names()], ["a.weight", "b.weight"]);
    assert.equal(weights.has("a.weight"), true);
    assert.equal(weights.has("a"), false);
    assert.deepEqual(weights.readFloat32("b.weight"), halves(6));
  });

  it("opens shards, taking each tensor from where the index puts it", () => {
    const other = { ...A, pieces: [new Uint8Array(A.sizeBytes)] };
    writeSafetensors(inFolder("one.safetensors"), [A, B]);
    writeSafetensors(inFolder("two.safetensors"), [other, C]);
    writeIndex({ "c.weight": "two.safetensors", "a.weight": "one.safetensors", "b.weight": "one.safetensors" });
    const weights = open();
    assert.deepEqual([...weights.names()], ["c.weight", "a.weight", "b.weight"]);
    assert.deepEqual(weights.readFloat32("a.weight"), halves(12));
    assert.deepEqual(weights.readFloat32("c.weight"), halves(5));
  });

  it("opens a hub cache, whose files are links, and gives the real paths", () => {
    const snapshot = inFolder("snapshots", "0f3e");
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(inFolder("blobs"));
    writeSafetensors(inFolder("blobs", "77aa"), [A]);
    symlinkSync("../../blobs/77aa", `${snapshot}/model.safetensors`);
    const weights = open(snapshot);
    assert.match(weights.entry("a.weight").path, /blobs.77aa$/);
    assert.deepEqual(weights.readFloat32("a.weight"), halves(12));
  });

  it("refuses a link that leaves the folder", () => {
    mkdirSync(inFolder("model"));
    writeSafetensors(inFolder("elsewhere.safetensors"), [A]);
    symlinkSync("../elsewhere.safetensors", inFolder("model", "model.safetensors"));
    assertAimError(() => open(inFolder("model")), {
      code: "invalid-model",
      message: /model\.safetensors: links to .*elsewhere\.safetensors, outside the model folder/,
      hint: /copy the file into the model folder/,
    });
  });

  it("says what it found where no weights are", () => {
    assertAimError(() => open(inFolder("none")), { code: "not-found", message: /none: no such file/, hint: /path/ });
    refuses(
      "not-found",
      /no model\.safetensors and no model\.safetensors\.index\.json, found 0 other files/,
      /Hugging Face/,
    );
    writeFileSync(inFolder("config.json"), "{}");
    writeFileSync(inFolder("model.gguf"), "");
    refuses("not-found", /found only model\.gguf/, /Hugging Face/);
    writeFileSync(inFolder("pytorch_model.bin"), "");
    refuses("not-found", /found only model\.gguf, pytorch_model\.bin/, /convert the weights to safetensors/);
  });

  it("names a shard that is missing", () => {
    writeSafetensors(inFolder("one.safetensors"), [A]);
    writeIndex({ "a.weight": "one.safetensors", "b.weight": "two.safetensors" });
    refuses("invalid-model", /two\.safetensors is missing, which holds "b\.weight"/, /download two\.safetensors into/);
  });

  it("names a tensor that its shard lacks", () => {
    writeSafetensors(inFolder("one.safetensors"), [A]);
    writeIndex({ "a.weight": "one.safetensors", "b.weight": "one.safetensors" });
    refuses("invalid-model", /the index puts "b\.weight" into one\.safetensors, which lacks it/, /different versions/);
  });

  it("refuses an index that is not sound", () => {
    for (const weightMap of [undefined, {}, [], 3, null, "x"]) {
      writeIndex(weightMap);
      refuses("invalid-model", /index\.json has no weight_map that names tensors/, /download the file again/);
    }
    for (const file of [3, null, "pytorch_model.bin", ""]) {
      writeIndex({ "a.weight": file });
      refuses(
        "invalid-model",
        /puts the tensor "a\.weight" into .*, not a \.safetensors file/,
        /download the file again/,
      );
    }
    writeFileSync(inFolder(INDEX), "{");
    refuses("invalid-model", /index\.json is not (UTF-8|JSON)/, /download the file again/);
  });

  it("refuses an index that names files outside the folder", () => {
    mkdirSync(inFolder("model"));
    writeSafetensors(inFolder("secret.safetensors"), [A]);
    for (const file of ["../secret.safetensors", inFolder("secret.safetensors"), "..\\secret.safetensors"]) {
      writeFileSync(inFolder("model", INDEX), JSON.stringify({ weight_map: { "a.weight": file } }));
      assertAimError(() => open(inFolder("model")), {
        code: "invalid-model",
        message: /secret\.safetensors" does not stay inside the folder/,
        hint: /a source that you trust/,
      });
    }
  });

  it("prefers the single file to an index", () => {
    writeSafetensors(inFolder("model.safetensors"), [A]);
    writeIndex({ "b.weight": "gone.safetensors" });
    assert.deepEqual([...open().names()], ["a.weight"]);
  });
});

describe("Weights", () => {
  const inFolder = temporaryFolder();
  const file = () => inFolder("model.safetensors");
  let weights: Weights;
  beforeEach(() => {
    const position = source("position_ids", "I64", [1, 3], BigInt64Array.of(0n, 1n, 2n));
    const cube = source("cube", "F32", [2, 3, 4], halves(24));
    const scalar = source("scalar", "F32", [], Float32Array.of(8));
    const empty = source("empty", "F16", [0, 4], new Uint16Array(0));
    writeSafetensors(file(), [A, B, C, position, cube, scalar, empty]);
    writeFileSync(inFolder("config.json"), '{"model_type": "llava_onevision"}');
    weights = openWeights(inFolder());
  });
  afterEach(() => weights.close());

  it("widens F32, F16 and BF16", () => {
    assert.deepEqual(weights.readFloat32("a.weight"), halves(12));
    assert.deepEqual(weights.readFloat32("b.weight"), halves(6));
    assert.deepEqual(weights.readFloat32("c.weight"), halves(5));
    assert.deepEqual(weights.readFloat32("scalar"), Float32Array.of(8));
    assert.deepEqual(weights.readFloat32("empty"), new Float32Array(0));
  });

  it("widens a tensor larger than the pieces that it is read in", () => {
    const count = 2 ** 21 + 3;
    const values = Uint16Array.from({ length: count }, (_, i) => i % 0x7c00);
    writeSafetensors(inFolder("large.safetensors"), [source("large", "F16", [count], values)]);
    renameSync(inFolder("large.safetensors"), file());
    const large = openWeights(inFolder());
    const read = large.readFloat32("large");
    large.close();
    assert.deepEqual(narrowToF16(read), values);
  });

  it("refuses other dtypes", () => {
    assertAimError(() => weights.readFloat32("position_ids"), {
      code: "invalid-model",
      message: /tensor "position_ids" has dtype I64/,
      hint: /F32, F16 or BF16/,
    });
  });

  it("names similar tensors for one that is missing", () => {
    const readers = [() => weights.entry("d.weight"), () => weights.readFloat32("d.weight")];
    for (const read of [...readers, () => weights.matrixShape("d.weight")]) {
      assertAimError(read, {
        code: "invalid-model",
        message: /no tensor "d\.weight" among 7/,
        hint: /the checkpoint has a\.weight, b\.weight, c\.weight$/,
      });
    }
    assertAimError(() => weights.entry("other"), {
      code: "invalid-model",
      message: /"other"/,
      hint: /another kind of model/,
    });
  });

  it("reads chosen rows in the order asked for", () => {
    assert.deepEqual(weights.readRows("a.weight", [3, 0, 3]), Float32Array.of(4.5, 5, 5.5, 0, 0.5, 1, 4.5, 5, 5.5));
    assert.deepEqual(weights.readRows("b.weight", []), new Float32Array(0));
  });

  it("refuses rows that the matrix lacks", () => {
    for (const row of [4, -1, 0.5, Number.NaN]) {
      assertAimError(() => weights.readRows("a.weight", [0, row]), {
        code: "invalid-argument",
        message: new RegExp(`a\\.weight has rows 0 to 3, got ${row}`),
        hint: /tokenizer/,
      });
    }
  });

  it("takes for matrices what has two dimensions alone", () => {
    assert.deepEqual(weights.matrixShape("a.weight"), [4, 3]);
    for (const name of ["c.weight", "cube", "scalar"]) {
      assertAimError(() => weights.readRows(name, [0]), {
        code: "invalid-model",
        message: new RegExp(`${name} must be a matrix, has shape \\[`),
        hint: /another kind of model/,
      });
    }
  });

  it("streams all rows, fewer at the end", () => {
    const chunks = [...weights.streamRows("a.weight", 3)];
    assert.deepEqual(chunks, [
      { firstRow: 0, values: halves(9) },
      { firstRow: 3, values: halves(12).slice(9) },
    ]);
    assert.deepEqual(
      [...weights.streamRows("cube", 1)].map(({ values }) => values.length),
      [12, 12],
    );
    assert.deepEqual([...weights.streamRows("scalar", 9)], [{ firstRow: 0, values: Float32Array.of(8) }]);
    assert.deepEqual([...weights.streamRows("empty", 9)], []);
    assertAimError(() => [...weights.streamRows("cube", 0)], {
      code: "invalid-argument",
      message: /got 0/,
      hint: /^$/,
    });
  });

  it("gives bytes as they are stored, within the tensor", () => {
    const bytes = new Uint8Array(4);
    weights.readBytes("c.weight", 8, bytes);
    assert.deepEqual(new Float32Array(bytes.buffer), Float32Array.of(1));
    for (const offset of [-1, 17, Number.NaN]) {
      assert.throws(() => weights.readBytes("c.weight", offset, bytes), { code: "invalid-argument" });
    }
  });

  it("counts floating-point values and all bytes", () => {
    assert.equal(weights.parameterCount(), 12 + 6 + 5 + 24 + 1);
    assert.equal(weights.sizeBytes, 24 + 12 + 20 + 24 + 96 + 4);
  });

  it("reports a file that was cut off after it was opened", () => {
    truncateSync(file(), weights.entry("cube").offset + 5);
    assertAimError(() => weights.readFloat32("cube"), {
      code: "invalid-model",
      message: /model\.safetensors: ended at byte \d+/,
      hint: /download the file again/,
    });
  });

  it("cannot be read once closed, and may be closed twice", () => {
    weights.close();
    weights.close();
    assert.throws(() => weights.readFloat32("a.weight"), { code: "invalid-argument", message: /closed/ });
  });

  describe("identity", () => {
    const identityNow = () => {
      const again = openWeights(inFolder());
      try {
        return again.identity();
      } finally {
        again.close();
      }
    };

    it("stays while nothing changes, and in another folder", () => {
      const before = weights.identity();
      assert.match(before, /^[0-9a-f]{16}$/);
      assert.equal(identityNow(), before);
      mkdirSync(inFolder("moved"));
      for (const name of ["model.safetensors", "config.json"]) renameSync(inFolder(name), inFolder("moved", name));
      const moved = openWeights(inFolder("moved"));
      assert.equal(moved.identity(), before);
      moved.close();
    });

    it("changes with config.json, and with a weight file's header, size or time", () => {
      const seen = [identityNow()];
      writeFileSync(inFolder("config.json"), '{"model_type": "llava"}');
      seen.push(identityNow());
      const aMinuteAgo = Date.now() / 1000 - 60;
      utimesSync(file(), aMinuteAgo, aMinuteAgo);
      seen.push(identityNow());
      for (const tensors of [[A, B], [B, A], [A]]) {
        writeSafetensors(file(), tensors);
        utimesSync(file(), aMinuteAgo, aMinuteAgo);
        seen.push(identityNow());
      }
      assert.equal(new Set(seen).size, seen.length);
    });

    it("needs config.json", () => {
      rmSync(inFolder("config.json"));
      assert.throws(() => weights.identity(), { code: "not-found" });
    });
  });
});
