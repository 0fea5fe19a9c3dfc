// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { DType, NdArraySchema, type Value, ValueSchema } from "./gen/gymwire/v1/value_pb.js";
import { array, asArray, decodeValue, elements } from "./values.js";

type Kind = MessageInitShape<typeof ValueSchema>["kind"];

function value(kind: Kind): Value {
  return create(ValueSchema, { kind });
}

function int8s(shape: number[], ...bytes: number[]) {
  return create(NdArraySchema, { dtype: DType.DTYPE_INT8, shape: shape.map(BigInt), data: Uint8Array.from(bytes) });
}

test("an array is read as it was sent", () => {
  const sent = Float64Array.of(1.5, -0.25, 1e300, 0, 3, 4);
  const encoded = array(DType.DTYPE_FLOAT64, sent, [2, 3]);
  assert.deepEqual(decodeValue(encoded), { shape: [2, 3], data: sent });
  assert.throws(() => elements(asArray(encoded), DType.DTYPE_FLOAT32), /DTYPE_FLOAT32/);
});

test("only the elements of a subarray are sent, and elements can be read at any byte offset", () => {
  const part = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
  const { shape, data } = asArray(array(DType.DTYPE_FLOAT64, part, [2]));
  const moved = new Uint8Array(17);
  moved.set(data, 1);
  const read = create(NdArraySchema, { dtype: DType.DTYPE_FLOAT64, shape, data: moved.subarray(1) });
  assert.deepEqual(elements(read, DType.DTYPE_FLOAT64), Float64Array.of(2, 3));
});

test("bytes that do not fill the shape are refused", () => {
  for (const shape of [[], [2], [4], [-1, -3], [3, 0], [3, 2 ** 62, 4], [2 ** 32, 2 ** 32]]) {
    assert.throws(() => elements(int8s(shape, 1, 2, 3), DType.DTYPE_INT8), RangeError, `[${shape}]`);
  }
  for (const shape of [[3], [1, 3, 1]]) {
    assert.deepEqual(elements(int8s(shape, 1, 2, 255), DType.DTYPE_INT8), Int8Array.of(1, 2, -1));
  }
});

test("each kind of value becomes a JavaScript value", () => {
  const list = [value({ case: "intValue", value: -7n }), value({ case: "stringValue", value: "é" })];
  const entries = [
    { key: value({ case: "stringValue", value: "k" }), value: list[0] },
    { key: value({ case: "intValue", value: 2n }), value: list[1] },
  ];
  const graph = { nodes: list[0], edgeLinks: int8s([1, 2], 0, 1) };
  const expected: [Kind, unknown][] = [
    [{ case: "none", value: {} }, null],
    [{ case: "boolValue", value: true }, true],
    [{ case: "intValue", value: 2n ** 63n - 1n }, 2n ** 63n - 1n],
    [{ case: "bigInt", value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80, 0) }, 2n ** 63n],
    [{ case: "bigInt", value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80, 0xff) }, -(2n ** 63n)],
    [{ case: "floatValue", value: NaN }, NaN],
    [{ case: "bytesValue", value: Uint8Array.of(9) }, Uint8Array.of(9)],
    [{ case: "scalar", value: int8s([], 7) }, { shape: [], data: Int8Array.of(7) }],
    [{ case: "objectArray", value: { shape: [2n], values: list } }, { shape: [2], data: [-7n, "é"] }],
    [{ case: "stringArray", value: { shape: [1n], values: ["a"] } }, { shape: [1], data: ["a"] }],
    [{ case: "list", value: { values: list } }, [-7n, "é"]],
    [{ case: "tuple", value: { values: list } }, [-7n, "é"]],
    [{ case: "dict", value: { entries } }, new Map<unknown, unknown>([["k", -7n], [2n, "é"]])],
    [
      { case: "graph", value: graph },
      { nodes: -7n, edges: undefined, edgeLinks: { shape: [1, 2], data: Int8Array.of(0, 1) } },
    ],
  ];
  for (const [kind, decoded] of expected) {
    assert.deepEqual(decodeValue(value(kind)), decoded);
  }
  assert.throws(() => decodeValue(create(ValueSchema)), TypeError);
});
