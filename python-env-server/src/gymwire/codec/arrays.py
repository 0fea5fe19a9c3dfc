# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Converts numpy arrays to packed little-endian bytes and back."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from gymwire.codec.dtypes import numpy_dtype, wire_dtype
from gymwire.v1 import value_pb2

# The maximum number of axes in numpy 1.26, the oldest version that Gymwire supports. The maximum of numpy 2 is larger.
MAX_AXES = 32
_MAX_LENGTH = 2**31 - 1


def encode_array(array: npt.NDArray[Any] | np.generic) -> value_pb2.NdArray:
    """Packs an array of a fixed-size numeric dtype, with up to 32 axes and any memory layout."""
    wire = wire_dtype(array.dtype)
    if wire is None:
        raise ValueError(
            f"an array of dtype {array.dtype} cannot be sent; the contract has numpy's fixed-size numeric types"
        )
    little_endian = array.astype(numpy_dtype(wire), copy=False)
    return value_pb2.NdArray(dtype=wire, shape=array.shape, data=little_endian.tobytes())


def decode_array(message: value_pb2.NdArray) -> npt.NDArray[Any]:
    """Returns a read-only array. It uses the bytes that protobuf returns, and does not copy them. Raises ValueError if
    the message is malformed, for example if the bytes do not fit dtype and shape."""
    dtype = numpy_dtype(message.dtype)
    shape = decode_shape(message.shape)
    expected = math.prod(shape) * dtype.itemsize
    if len(message.data) != expected:
        raise ValueError(
            f"an array of {dtype.name} with shape {list(shape)} has {expected} bytes; got {len(message.data)}"
        )
    if dtype == np.bool_ and message.data.translate(None, b"\x00\x01"):
        raise ValueError("an array of bool contains a byte that is neither 0 nor 1")
    return np.frombuffer(message.data, dtype).reshape(shape)


def decode_own_array(message: value_pb2.NdArray) -> npt.NDArray[Any]:
    """Returns a writable copy in the machine's byte order, like the arrays of an environment. Raises ValueError
    as `decode_array` does."""
    array = decode_array(message)
    return array.astype(array.dtype.newbyteorder("="))


def decode_shape(lengths: Iterable[int]) -> tuple[int, ...]:
    """Returns the lengths in a message as a shape. Raises ValueError if a length is negative, if there are too
    many axes, or if the axes of an empty array are too long."""
    shape = tuple(lengths)
    if len(shape) > MAX_AXES:
        raise ValueError(f"an array has at most {MAX_AXES} axes; got {len(shape)}")
    if any(length < 0 for length in shape):
        raise ValueError(f"the array's shape {list(shape)} has a negative length")
    # An axis of length 0 makes the array empty. Then the data does not limit the lengths of the other axes, and the
    # product of these lengths could overflow.
    if math.prod(shape) == 0 and math.prod(max(length, 1) for length in shape) > _MAX_LENGTH:
        raise ValueError(f"the empty array's shape {list(shape)} has axes that are too long")
    return shape
