import { availableParallelism } from "node:os";
import * as ort from "onnxruntime-node";
import { AimError } from "#core/errors.ts";
import { compileTransfer } from "#model/compile.ts";
import { TRANSFER } from "#model/transfer.ts";

export type Device = "cpu" | "webgpu" | "cuda";
export type Tensors = Readonly<Record<string, ort.Tensor>>;

/** Threads of one operator: AIM_THREADS, else all cores but one, which is left to the rest of the machine. */
export const THREADS = Math.max(1, Math.floor(Number(process.env.AIM_THREADS)) || availableParallelism() - 1);
/** From 1.29 on, ONNX Runtime's own builds report their use to Microsoft unless this is set before the first session. Nothing here calls home. */
process.env.ORT_DISABLE_TELEMETRY = "1";

/** Only errors: ONNX Runtime's own warnings are for those who write graphs. */
const LOG_ERRORS = 3;

export interface LoadOptions {
  readonly device: Device;
  /** Where the model's external data lies. */
  readonly folder?: string;
  readonly threads?: number;
  /**
   * Outputs that stay where they are computed, to be fed back or read with `read`. WebGPU alone can keep them: of other devices ONNX Runtime's binding for
   * Node knows no memory, so that there they cross to the CPU and back.
   */
  readonly keepOnDevice?: readonly string[];
}

/** One ONNX graph, loaded on one device. `run` and loading block the event loop: that is how the binding works. */
export class GraphSession {
  readonly #session: ort.InferenceSession;
  readonly #device: Device;
  /** By type and number of tensors. */
  readonly #transfers = new Map<string, Promise<GraphSession>>();

  private constructor(session: ort.InferenceSession, device: Device) {
    this.#session = session;
    this.#device = device;
  }

  /** Throws `device` or `invalid-model`. */
  static async load(bytes: Uint8Array, options: LoadOptions): Promise<GraphSession> {
    const { device, folder, threads = THREADS, keepOnDevice = [] } = options;
    const extra: Record<string, string> = { "session.intra_op.allow_spinning": "0" };
    if (folder !== undefined) extra["session.model_external_initializers_file_folder_path"] = folder;
    try {
      const session = await ort.InferenceSession.create(bytes, {
        executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
        intraOpNumThreads: threads,
        logSeverityLevel: LOG_ERRORS,
        extra,
        ...(device === "webgpu" && {
          preferredOutputLocation: Object.fromEntries(keepOnDevice.map((name) => [name, "gpu-buffer" as const])),
        }),
      });
      return new GraphSession(session, device);
    } catch (cause) {
      throw loadError(device, cause);
    }
  }

  /** Runs the graph. Names of `feeds` and of the result are those of the graph. Throws `device`. */
  async run(feeds: Tensors): Promise<Tensors> {
    try {
      return await this.#session.run({ ...feeds });
    } catch (cause) {
      const shapes = Object.entries(feeds).map(([name, { dims }]) => `${name} [${dims.join(", ")}]`);
      throw new AimError("device", `ONNX Runtime failed: ${cause instanceof Error ? cause.message : cause}`, {
        hint: `there may be too little memory: take fewer frames, merge more, or use --precision q8 (inputs: ${shapes.slice(0, 3).join(", ")})`,
        cause,
      });
    }
  }

  /** The values of float32 tensors that this session gave, wherever they lie. Throws `device`. */
  async read(tensors: readonly ort.Tensor[]): Promise<Float32Array[]> {
    return (await this.#onCpu(tensors, "float32")).map(floatData);
  }

  /** The same of int64 tensors. */
  async readIndices(tensors: readonly ort.Tensor[]): Promise<Int32Array[]> {
    return (await this.#onCpu(tensors, "int64")).map(indexData);
  }

  /**
   * What lies on a device goes through a graph whose output is on the CPU, all at once: the binding's own way to read a tensor ends the process. Gives the
   * values in one row each.
   */
  async #onCpu(tensors: readonly ort.Tensor[], type: "float32" | "int64"): Promise<ort.Tensor[]> {
    const away = tensors.filter(({ location, size }) => location !== "cpu" && size > 0);
    if (away.length === 0) return tensors.map((tensor) => (tensor.location === "cpu" ? tensor : emptyTensor(type)));
    const key = `${type} ${away.length}`;
    const graph = () => GraphSession.load(compileTransfer(away.length, type), { device: this.#device });
    const transfer = this.#transfers.get(key) ?? graph();
    this.#transfers.set(key, transfer);
    const feeds = Object.fromEntries(away.map((tensor, index) => [TRANSFER.tensor(index), tensor]));
    const values = tensorOf(await (await transfer).run(feeds), TRANSFER.values).data;
    let end = 0;
    return tensors.map((tensor) => {
      if (tensor.location === "cpu") return tensor;
      end += tensor.size;
      const own = values.slice(end - tensor.size, end);
      return own instanceof Float32Array || own instanceof BigInt64Array ? new ort.Tensor(own, [own.length]) : tensor;
    });
  }

  async close(): Promise<void> {
    for (const transfer of this.#transfers.values()) await (await transfer).close();
    await this.#session.release();
  }
}

function loadError(device: Device, cause: unknown): AimError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (device === "cpu") {
    return new AimError("invalid-model", `ONNX Runtime could not load the model: ${reason}`, {
      hint: "run aim inspect on the model folder; if it finds nothing, please report this",
      cause,
    });
  }
  return new AimError("device", `${device} cannot be used: ${reason}`, { hint: "use --device cpu, or auto", cause });
}

/** A float32 tensor that takes over `data`. */
export function floats(data: Float32Array, dims: readonly number[]): ort.Tensor {
  return new ort.Tensor("float32", data, dims);
}

/** An int64 tensor of whole numbers. */
export function int64s(values: ArrayLike<number>, dims: readonly number[] = [values.length]): ort.Tensor {
  return new ort.Tensor("int64", BigInt64Array.from(Array.from(values), BigInt), dims);
}

export function bools(...values: readonly boolean[]): ort.Tensor {
  return new ort.Tensor("bool", Uint8Array.from(values, Number), [values.length]);
}

/** The float32 values of an output. Throws `invalid-model` for an output that is not there or of another type. */
export function floatsOf(tensors: Tensors, name: string): Float32Array {
  return floatData(tensorOf(tensors, name));
}

/** The values of a float32 tensor. Throws `invalid-model` for one of another type. */
function floatData({ data, type }: ort.Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new AimError("invalid-model", `a tensor is ${type}, not float32`);
}

/** The int64 values of an output as numbers. */
export function indicesOf(tensors: Tensors, name: string): Int32Array {
  return indexData(tensorOf(tensors, name));
}

function indexData({ data, type }: ort.Tensor): Int32Array {
  if (data instanceof BigInt64Array) return Int32Array.from(data, Number);
  throw new AimError("invalid-model", `a tensor is ${type}, not int64`);
}

function emptyTensor(type: "float32" | "int64"): ort.Tensor {
  return type === "float32" ? floats(new Float32Array(0), [0]) : int64s([]);
}

export function tensorOf(tensors: Tensors, name: string): ort.Tensor {
  const tensor = tensors[name];
  if (tensor) return tensor;
  throw new AimError("invalid-model", `the graph has no output ${name}`);
}
