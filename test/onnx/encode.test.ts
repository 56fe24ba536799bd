import assert from "node:assert/strict";
import protobuf from "protobufjs";
import { AimError } from "#core/errors.ts";
import { encodeModel } from "#onnx/encode.ts";
import { GraphBuilder } from "#onnx/graph.ts";
import { Ops } from "#onnx/ops.ts";

/** The part of onnx.proto that we write, with its field numbers. */
const SCHEMA = `
syntax = "proto3";
message Entry { string key = 1; string value = 2; }
message Tensor { repeated int64 dims = 1 [packed=false]; int32 data_type = 2; string name = 8; bytes raw_data = 9; repeated Entry external_data = 13; int32 data_location = 14; }
message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; Graph g = 6; repeated int64 ints = 8 [packed=false]; int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated Attribute attribute = 5; string domain = 7; }
message Dim { int64 dim_value = 1; string dim_param = 2; }
message Shape { repeated Dim dim = 1; }
message TensorShape { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorShape tensor_type = 1; }
message ValueInfo { string name = 1; Type type = 2; }
message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11; repeated ValueInfo output = 12; }
message Opset { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated Opset opset_import = 8; }
`;

const Model = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType("Model");

/** What another reader finds in the bytes: plain objects, 64-bit numbers as numbers. */
// biome-ignore lint/suspicious/noExplicitAny: the decoded message has the schema's shape, which types do not know
function decode(graph: GraphBuilder): any {
  return Model.toObject(Model.decode(encodeModel(graph)), { longs: Number, bytes: Array });
}

describe("encodeModel", () => {
  it("states versions and operator sets", () => {
    const model = decode(new GraphBuilder("empty"));
    assert.equal(model.ir_version, 10);
    assert.deepEqual(model.opset_import, [
      { version: 21 }, // the default domain: protobuf leaves empty strings out
      { domain: "com.microsoft", version: 1 },
    ]);
  });

  it("writes nodes, inputs, outputs and sizes that are only known at run time", () => {
    const g = new Ops("small");
    const x = g.input("x", "float32", [1, "n", 4]);
    g.output("y", g.add(x, x), "float32", ["n"]);
    const { graph } = decode(g);
    assert.deepEqual(
      graph.node.map((node: { op_type: string }) => node.op_type),
      ["Add", "Identity"],
    );
    assert.deepEqual(graph.input[0].type.tensor_type, {
      elem_type: 1,
      shape: { dim: [{ dim_value: 1 }, { dim_param: "n" }, { dim_value: 4 }] },
    });
    assert.deepEqual(graph.output[0].name, "y");
  });

  it("writes every kind of attribute", () => {
    const g = new Ops("attributes");
    const branch = g.branch("inner");
    branch.output(branch.path("out"), g.float(1), "float32");
    g.node("Op", [], { whole: -3, list: [1, -2], words: "half_pixel", real: { float: 0.5 }, body: branch });
    const [whole, list, words, real, body] = decode(g).graph.node[0].attribute;
    assert.deepEqual(whole, { name: "whole", i: -3, type: 2 });
    assert.deepEqual(list, { name: "list", ints: [1, -2], type: 7 });
    assert.deepEqual(Buffer.from(words.s).toString(), "half_pixel");
    assert.deepEqual(real, { name: "real", f: 0.5, type: 1 });
    assert.equal(body.g.name, "inner");
  });

  it("writes constants once, and external tensors by file, offset and length", () => {
    const g = new Ops("tensors");
    assert.equal(g.ints(1, 2), g.ints(1, 2));
    g.initializer("w", "bfloat16", [3, 2], {
      file: "model-00001.safetensors",
      offset: 5 * 2 ** 30 + 13,
      sizeBytes: 12,
    });
    const [constant, external] = decode(g).graph.initializer;
    assert.deepEqual(constant.dims, [2]);
    assert.deepEqual(
      constant.raw_data.filter((byte: number) => byte !== 0),
      [1, 2],
    );
    assert.equal(external.data_location, 1);
    assert.deepEqual(external.external_data, [
      { key: "location", value: "model-00001.safetensors" },
      { key: "offset", value: "5368709133" },
      { key: "length", value: "12" },
    ]);
  });

  it("gives the same bytes for the same graph", () => {
    const build = () => {
      const g = new Ops("same");
      g.output("y", g.softmax(g.input("x", "float32", ["n", 8])), "float32", ["n", 8]);
      return encodeModel(g);
    };
    assert.deepEqual(build(), build());
  });
});

describe("GraphBuilder", () => {
  it("names values by their module path", () => {
    const g = new Ops("names");
    const x = g.input("x", "float32", [4]);
    const inner = g.scope("layers.3", () => g.scope("attn", () => g.add(x, x)));
    assert.equal(inner, "/layers.3/attn/Add:out");
  });

  it("throws for a name that is chosen twice, subgraphs included", () => {
    const g = new Ops("names");
    g.input("x", "float32", [4]);
    assert.throws(
      () => g.branch("inner").input("x", "float32", [4]),
      (error) => error instanceof AimError && /x exists already/.test(error.message),
    );
  });
});
