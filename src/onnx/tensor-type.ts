/** Element types that our graphs use. Codes: TensorProto.DataType of onnx.proto; widths in bytes. */
export const TENSOR_TYPES = {
  float32: { code: 1, sizeBytes: 4 },
  uint8: { code: 2, sizeBytes: 1 },
  int8: { code: 3, sizeBytes: 1 },
  int32: { code: 6, sizeBytes: 4 },
  int64: { code: 7, sizeBytes: 8 },
  bool: { code: 9, sizeBytes: 1 },
  float16: { code: 10, sizeBytes: 2 },
  float64: { code: 11, sizeBytes: 8 },
  bfloat16: { code: 16, sizeBytes: 2 },
} as const;

export type TensorType = keyof typeof TENSOR_TYPES;

/** Sizes, outermost first. A string names a size that is only known at run time. */
export type Dims = readonly (number | string)[];
