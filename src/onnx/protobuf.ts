/**
 * Writes the protobuf wire format: just what ONNX messages need, with no schema and no dependency.
 *
 * Source: the protobuf encoding specification.
 */
export class ProtoWriter {
  #buffer = new Uint8Array(64);
  #size = 0;

  /** A whole number as varint; negative numbers take ten bytes, as two's complement of 64 bits. */
  int(field: number, value: number): this {
    this.#varint(field << 3);
    if (value < 0) return this.#negative(value);
    return this.#varint(value);
  }

  float(field: number, value: number): this {
    this.#varint((field << 3) | 5);
    const at = this.#reserve(4);
    new DataView(this.#buffer.buffer).setFloat32(at, value, true);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint((field << 3) | 2);
    this.#varint(value.byteLength);
    const at = this.#reserve(value.byteLength);
    this.#buffer.set(value, at);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: ProtoWriter): this {
    return this.bytes(field, value.finish());
  }

  /** The bytes written so far, not copied. */
  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  #varint(value: number): this {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 128);
    return this.#byte(rest);
  }

  #negative(value: number): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) this.#byte(Number(rest & 127n) | 128);
    return this.#byte(Number(rest));
  }

  #byte(value: number): this {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
    return this;
  }

  /** Makes room for `sizeBytes` more and returns where they begin. */
  #reserve(sizeBytes: number): number {
    const at = this.#size;
    this.#size += sizeBytes;
    if (this.#size > this.#buffer.byteLength) {
      const larger = new Uint8Array(Math.max(this.#size, 2 * this.#buffer.byteLength));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    return at;
  }
}
