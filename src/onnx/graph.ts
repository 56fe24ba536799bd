import { AimError } from "#core/errors.ts";
import type { Dims, TensorType } from "./tensor-type.ts";

/** An attribute of a node. Whole numbers are INT; a FLOAT must say so, since 1 and 1.0 are one number here. */
export type Attribute = number | string | readonly number[] | { readonly float: number } | GraphBuilder;

export interface GraphNode {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface ValueInfo {
  readonly name: string;
  readonly type: TensorType;
  /** Undefined where the rank is not stated, as inside subgraphs: names of sizes there would be taken for sizes of the whole graph. */
  readonly dims: Dims | undefined;
}

/** Where an external tensor lies: a file beside the model, and the bytes of it. */
export interface ExternalData {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface Initializer {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: Uint8Array | ExternalData;
}

export interface NodeOptions {
  /** Number of outputs, or their base names; an empty name leaves an optional output out. Default 1. */
  readonly outputs?: number | readonly string[];
  readonly domain?: string;
}

/**
 * Collects the nodes, constants, inputs and outputs of one ONNX graph.
 *
 * Names are module paths: a value made inside `scope("layers.3", ...)` is called `/layers.3/...`. Names that the builder
 * chooses are numbered where needed; a name that the caller chooses twice throws `invalid-argument`.
 * A subgraph (branch of an `If`) shares the names and constants of its parent.
 */
export class GraphBuilder {
  readonly name: string;
  readonly nodes: GraphNode[] = [];
  readonly inputs: ValueInfo[] = [];
  readonly outputs: ValueInfo[] = [];
  readonly #shared: { readonly names: Map<string, number>; readonly initializers: Map<string, Initializer> };
  readonly #made = new Map<string, unknown>();
  #path = "";

  constructor(name: string, parent?: GraphBuilder) {
    this.name = name;
    this.#shared = parent ? parent.#shared : { names: new Map(), initializers: new Map() };
    this.#path = parent ? `${parent.#path}/${name}` : "";
  }

  get initializers(): Iterable<Initializer> {
    return this.#shared.initializers.values();
  }

  /** Runs `build` with `name` appended to the path of every value that it makes. */
  scope<Result>(name: string, build: () => Result): Result {
    const outer = this.#path;
    this.#path = `${outer}/${name}`;
    try {
      return build();
    } finally {
      this.#path = outer;
    }
  }

  /** `name` inside the current scope. */
  path(name: string): string {
    return `${this.#path}/${name}`;
  }

  input(name: string, type: TensorType, dims: Dims | undefined): string {
    this.#claim(name);
    this.inputs.push({ name, type, dims });
    return name;
  }

  /** Makes `value` an output of the graph under `name`. */
  output(name: string, value: string, type: TensorType, dims?: Dims): string {
    this.named(name, "Identity", [value]);
    this.outputs.push({ name, type, dims });
    return name;
  }

  /** Makes `value` an output of the graph under the name that it has: for values that are also read inside, which `output` would copy. */
  expose(value: string, type: TensorType, dims?: Dims): void {
    this.outputs.push({ name: value, type, dims });
  }

  /** A tensor that is part of the model, by its bytes or by where they lie. */
  initializer(name: string, type: TensorType, dims: readonly number[], data: Uint8Array | ExternalData): string {
    this.#claim(name);
    this.#shared.initializers.set(name, { name, type, dims, data });
    return name;
  }

  hasInitializer(name: string): boolean {
    return this.#shared.initializers.has(name);
  }

  /** Adds one node and returns its output names. */
  nodeOutputs(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    options: NodeOptions = {},
  ): readonly string[] {
    const name = this.#unique(`${this.#path}/${op}`);
    const wanted = options.outputs ?? 1;
    const suffixes =
      typeof wanted === "number"
        ? Array.from({ length: wanted }, (_, i) => (wanted === 1 ? "out" : `out${i}`))
        : wanted;
    const outputs = suffixes.map((suffix) => (suffix === "" ? "" : `${name}:${suffix}`));
    this.nodes.push({ op, domain: options.domain ?? "", name, inputs, outputs, attributes });
    return outputs;
  }

  /** Adds one node whose only output has the name that the caller chose. */
  named(
    output: string,
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.#claim(output);
    this.nodes.push({ op, domain: "", name: `${output}/${op}`, inputs, outputs: [output], attributes });
    return output;
  }

  /** What `build` made the first time that it was asked for under `key` in this graph: nodes that several modules share. */
  once<Result>(key: string, build: () => Result): Result {
    if (!this.#made.has(key)) this.#made.set(key, build());
    return this.#made.get(key) as Result;
  }

  /** Adds one node with one output and returns its name. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): string {
    return one(this.nodeOutputs(op, inputs, attributes, { domain }), 0);
  }

  #claim(name: string): void {
    if (this.#shared.names.has(name))
      throw new AimError("invalid-argument", `value ${name} exists already in graph ${this.name}`);
    this.#shared.names.set(name, 1);
  }

  #unique(name: string): string {
    const count = this.#shared.names.get(name) ?? 0;
    this.#shared.names.set(name, count + 1);
    return count === 0 ? name : this.#unique(`${name}.${count}`);
  }
}

/** The output `index` of a node that is known to have it. Throws `invalid-argument` otherwise. */
export function one(outputs: readonly string[], index: number): string {
  const name = outputs[index];
  if (name === undefined || name === "") throw new AimError("invalid-argument", `the node has no output ${index}`);
  return name;
}
