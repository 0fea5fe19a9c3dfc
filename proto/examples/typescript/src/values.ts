// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/** Converts arrays and values of the contract to JavaScript types and back. */

import { create } from "@bufbuild/protobuf";
import { type Dict, DType, type NdArray, type Value, ValueSchema } from "./gen/gymwire/v1/value_pb.js";

/** The class of typed arrays for each dtype. Complex numbers, and before Node 24 also float16, have no such class. */
const TYPED = {
  [DType.DTYPE_BOOL]: Uint8Array,
  [DType.DTYPE_INT8]: Int8Array,
  [DType.DTYPE_INT16]: Int16Array,
  [DType.DTYPE_INT32]: Int32Array,
  [DType.DTYPE_INT64]: BigInt64Array,
  [DType.DTYPE_UINT8]: Uint8Array,
  [DType.DTYPE_UINT16]: Uint16Array,
  [DType.DTYPE_UINT32]: Uint32Array,
  [DType.DTYPE_UINT64]: BigUint64Array,
  [DType.DTYPE_FLOAT32]: Float32Array,
  [DType.DTYPE_FLOAT64]: Float64Array,
};

type Known = keyof typeof TYPED;
export type Elements<D extends Known = Known> = (typeof TYPED)[D]["prototype"];

/** A numpy array, with its elements in row-major order. A numpy scalar has the shape []. */
export interface Decoded {
  shape: number[];
  data: unknown[] | Elements;
}

/** Returns the elements of an array, which must have the given dtype. */
export function elements<D extends Known>(array: NdArray, dtype: D): Elements<D> {
  if (array.dtype !== dtype) {
    throw new TypeError(`expected an array of ${DType[dtype]}, not of ${DType[array.dtype]}`);
  }
  const size = array.shape.reduce((size, length) => size * length, BigInt(TYPED[dtype].BYTES_PER_ELEMENT));
  if (array.shape.some((length) => length < 0n) || size !== BigInt(array.data.length)) {
    throw new RangeError(`${array.data.length} bytes do not fill the shape [${array.shape.join(", ")}]`);
  }
  return unpack(array.data, dtype);
}

/** Reads elements from bytes that come without dtype and shape, e.g. a step's rewards (float64) and flags (bool). */
export function unpack<D extends Known>(bytes: Uint8Array, dtype: D): Elements<D> {
  // Copies the bytes: they can begin at any offset of a larger buffer, but a typed array needs an aligned offset.
  // Typed arrays use the processor's byte order. It is little-endian on all common platforms of Node.
  return new TYPED[dtype](new Uint8Array(bytes).buffer) as Elements<D>;
}

/** Makes an array from its elements in row-major order. */
export function array<D extends Known>(dtype: D, elements: Elements<D>, shape: number[]): Value {
  const data = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  return create(ValueSchema, { kind: { case: "array", value: { dtype, shape: shape.map(BigInt), data } } });
}

/** Returns the array in a value, e.g. in the observations of a Box space. */
export function asArray(value: Value | undefined): NdArray {
  if (value?.kind.case !== "array" && value?.kind.case !== "scalar") {
    throw new TypeError(`expected an array, not ${value?.kind.case}`);
  }
  return value.kind.value;
}

/**
 * Converts a value to the nearest JavaScript type: null, boolean, bigint (for int), number (for float), string,
 * Uint8Array, Decoded (for arrays and numpy's scalars), an array (for list and tuple), Map (for dict), or an object
 * with nodes, edges and edgeLinks (for a graph).
 */
export function decodeValue(value: Value | undefined): unknown {
  const kind = value?.kind;
  switch (kind?.case) {
    case "none":
      return null;
    case "boolValue":
    case "intValue":
    case "floatValue":
    case "stringValue":
    case "bytesValue":
      return kind.value;
    case "bigInt":
      return bigInt(kind.value);
    case "scalar":
    case "array":
      return decodeArray(kind.value);
    case "objectArray":
      return { shape: kind.value.shape.map(Number), data: kind.value.values.map(decodeValue) } satisfies Decoded;
    case "stringArray":
      return { shape: kind.value.shape.map(Number), data: kind.value.values } satisfies Decoded;
    case "list":
    case "tuple":
      return kind.value.values.map(decodeValue);
    case "dict":
      return decodeDict(kind.value);
    case "graph": {
      const { nodes, edges, edgeLinks } = kind.value;
      return {
        nodes: decodeValue(nodes),
        edges: edges && decodeValue(edges),
        edgeLinks: edgeLinks && decodeArray(edgeLinks),
      };
    }
    default:
      throw new TypeError("the value has no known kind");
  }
}

/** Returns an array with its shape. */
export function decodeArray(array: NdArray): Decoded {
  if (!(array.dtype in TYPED)) {
    throw new TypeError(`there is no typed array for ${DType[array.dtype]}`);
  }
  return { shape: array.shape.map(Number), data: elements(array, array.dtype as Known) };
}

/** Converts a dict, e.g. infos or metadata, to a Map with the same order. Keys that are ints become bigints. */
export function decodeDict(dict: Dict | undefined): Map<unknown, unknown> {
  return new Map(dict?.entries.map(({ key, value }) => [decodeValue(key), decodeValue(value)]));
}

/** Reads an integer in two's complement, little-endian. */
function bigInt(bytes: Uint8Array): bigint {
  const unsigned = bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(8 * bytes.length, unsigned);
}
