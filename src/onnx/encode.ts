import { type Attribute, GraphBuilder, type GraphNode, type Initializer, type ValueInfo } from "./graph.ts";
import { ProtoWriter } from "./protobuf.ts";
import { TENSOR_TYPES } from "./tensor-type.ts";

const IR_VERSION = 10;
const OPSETS = [
  { domain: "", version: 21 },
  { domain: "com.microsoft", version: 1 },
];

/**
 * The graph as the bytes of an ONNX ModelProto (IR 10, opset 21, com.microsoft 1).
 *
 * Source: onnx.proto; the numbers are its field numbers.
 */
export function encodeModel(graph: GraphBuilder): Uint8Array {
  const model = new ProtoWriter().int(1, IR_VERSION).string(2, "aim-notebook");
  model.message(7, encodeGraph(graph, [...graph.initializers]));
  for (const { domain, version } of OPSETS) model.message(8, new ProtoWriter().string(1, domain).int(2, version));
  return model.finish();
}

function encodeGraph(graph: GraphBuilder, initializers: readonly Initializer[]): ProtoWriter {
  const out = new ProtoWriter();
  for (const node of graph.nodes) out.message(1, encodeNode(node));
  out.string(2, graph.name);
  for (const initializer of initializers) out.message(5, encodeTensor(initializer));
  for (const input of graph.inputs) out.message(11, encodeValueInfo(input));
  for (const output of graph.outputs) out.message(12, encodeValueInfo(output));
  return out;
}

function encodeNode(node: GraphNode): ProtoWriter {
  const out = new ProtoWriter();
  for (const input of node.inputs) out.string(1, input);
  for (const output of node.outputs) out.string(2, output);
  out.string(3, node.name).string(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) out.message(5, encodeAttribute(name, value));
  if (node.domain !== "") out.string(7, node.domain);
  return out;
}

function encodeAttribute(name: string, value: Attribute): ProtoWriter {
  const out = new ProtoWriter().string(1, name);
  if (typeof value === "number") return out.int(3, value).int(20, 2);
  if (typeof value === "string") return out.string(4, value).int(20, 3);
  if (value instanceof GraphBuilder) return out.message(6, encodeGraph(value, [])).int(20, 5);
  if ("float" in value) return out.float(2, value.float).int(20, 1);
  for (const item of value) out.int(8, item);
  return out.int(20, 7);
}

function encodeTensor({ name, type, dims, data }: Initializer): ProtoWriter {
  const out = new ProtoWriter();
  for (const dim of dims) out.int(1, dim);
  out.int(2, TENSOR_TYPES[type].code).string(8, name);
  if (data instanceof Uint8Array) return out.bytes(9, data);
  const facts = { location: data.file, offset: String(data.offset), length: String(data.sizeBytes) };
  for (const [key, value] of Object.entries(facts)) out.message(13, new ProtoWriter().string(1, key).string(2, value));
  return out.int(14, 1);
}

function encodeValueInfo({ name, type, dims }: ValueInfo): ProtoWriter {
  const tensor = new ProtoWriter().int(1, TENSOR_TYPES[type].code);
  if (dims) {
    const shape = new ProtoWriter();
    for (const dim of dims) {
      shape.message(1, typeof dim === "number" ? new ProtoWriter().int(1, dim) : new ProtoWriter().string(2, dim));
    }
    tensor.message(2, shape);
  }
  return new ProtoWriter().string(1, name).message(2, new ProtoWriter().message(1, tensor));
}
