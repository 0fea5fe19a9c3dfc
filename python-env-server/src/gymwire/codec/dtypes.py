# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tables that map numpy's dtypes to the contract's ``DType`` and back."""

from typing import Any

import numpy as np

from gymwire.v1 import value_pb2

# In the contract, numbers are little-endian on every machine.
_NUMPY_NAMES = {
    value_pb2.DTYPE_BOOL: "?",
    value_pb2.DTYPE_INT8: "i1",
    value_pb2.DTYPE_INT16: "<i2",
    value_pb2.DTYPE_INT32: "<i4",
    value_pb2.DTYPE_INT64: "<i8",
    value_pb2.DTYPE_UINT8: "u1",
    value_pb2.DTYPE_UINT16: "<u2",
    value_pb2.DTYPE_UINT32: "<u4",
    value_pb2.DTYPE_UINT64: "<u8",
    value_pb2.DTYPE_FLOAT16: "<f2",
    value_pb2.DTYPE_FLOAT32: "<f4",
    value_pb2.DTYPE_FLOAT64: "<f8",
    value_pb2.DTYPE_COMPLEX64: "<c8",
    value_pb2.DTYPE_COMPLEX128: "<c16",
}

NUMPY_DTYPES: dict[value_pb2.DType, np.dtype[Any]] = {wire: np.dtype(name) for wire, name in _NUMPY_NAMES.items()}
WIRE_DTYPES: dict[np.dtype[Any], value_pb2.DType] = {dtype: wire for wire, dtype in NUMPY_DTYPES.items()}


def wire_dtype(dtype: np.dtype[Any]) -> value_pb2.DType | None:
    """Returns the contract's DType for a numpy dtype in either byte order, or None if the contract has none."""
    return WIRE_DTYPES.get(dtype) or WIRE_DTYPES.get(dtype.newbyteorder("<"))


def numpy_dtype(wire: value_pb2.DType) -> np.dtype[Any]:
    """Returns the little-endian numpy dtype for a DType of the contract. Raises ValueError if the DType is unknown."""
    dtype = NUMPY_DTYPES.get(wire)
    if dtype is None:
        raise ValueError(f"unknown DType number {int(wire)}; the numbers in use are 1 to {len(NUMPY_DTYPES)}")
    return dtype
