# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Gymnasium spaces <-> ``Space``."""

from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete, MultiDiscrete, Space

from gymwire.codec.arrays import decode_array, encode_array
from gymwire.codec.dtypes import numpy_dtype, wire_dtype
from gymwire.v1 import space_pb2


class UnsupportedSpaceError(Exception):
    """Says that a space is not carried yet."""


def encode_space(space: Space[Any]) -> space_pb2.Space:
    """Returns the message for a Box, Discrete or MultiDiscrete; UnsupportedSpaceError for the others."""
    if isinstance(space, Box):
        return space_pb2.Space(
            box=space_pb2.BoxSpace(
                low=encode_array(space.low),
                high=encode_array(space.high),
                bounded_below=encode_array(space.bounded_below),
                bounded_above=encode_array(space.bounded_above),
            )
        )
    if isinstance(space, Discrete):
        return space_pb2.Space(
            discrete=space_pb2.DiscreteSpace(
                n=int(space.n), start=int(space.start), dtype=wire_dtype(np.dtype(space.dtype))
            )
        )
    if isinstance(space, MultiDiscrete):
        return space_pb2.Space(
            multi_discrete=space_pb2.MultiDiscreteSpace(
                nvec=encode_array(space.nvec.astype(space.dtype)), start=encode_array(space.start.astype(space.dtype))
            )
        )
    raise UnsupportedSpaceError(
        f"the space {space} is not supported yet; choose an environment whose spaces are Box, Discrete or MultiDiscrete"
    )


def decode_space(message: space_pb2.Space) -> Box | Discrete[Any] | MultiDiscrete:
    """Returns the space of a message; ValueError when it is malformed, UnsupportedSpaceError when it is of a kind to
    come."""
    kind = message.WhichOneof("kind")
    if kind is None:
        raise ValueError("a space has no kind")
    if kind == "box":
        return _decode_box(message.box)
    if kind == "discrete":
        return _decode_discrete(message.discrete)
    if kind == "multi_discrete":
        return _decode_multi_discrete(message.multi_discrete)
    raise UnsupportedSpaceError(f"the space kind {kind} is not supported yet; box, discrete and multi_discrete are")


def _decode_box(message: space_pb2.BoxSpace) -> Box:
    low, high = decode_array(message.low), decode_array(message.high)
    below, above = decode_array(message.bounded_below), decode_array(message.bounded_above)
    if low.dtype != high.dtype or not low.shape == high.shape == below.shape == above.shape:
        raise ValueError(
            f"a box needs bounds of one dtype and shape: low is {low.dtype}{list(low.shape)}, high is "
            f"{high.dtype}{list(high.shape)}, bounded_below {list(below.shape)}, bounded_above {list(above.shape)}"
        )
    if below.dtype != np.bool_ or above.dtype != np.bool_:
        raise ValueError(f"bounded_below and bounded_above must be bool, but are {below.dtype} and {above.dtype}")
    if not (low <= high).all():
        raise ValueError("a box has an element whose low is not at most its high")
    space = Box(low, high, shape=low.shape, dtype=low.dtype.type)
    # The constructor takes the bounds of integers as asked for; the message knows.
    space.bounded_below, space.bounded_above = below.copy(), above.copy()
    return space


def _decode_discrete(message: space_pb2.DiscreteSpace) -> Discrete[Any]:
    dtype = numpy_dtype(message.dtype)
    if message.n < 1 or dtype.kind not in "iu":
        raise ValueError(f"a discrete space needs n >= 1 and an integer dtype, but n={message.n}, dtype={dtype} came")
    limits = np.iinfo(dtype)
    if not limits.min <= message.start <= limits.max - (message.n - 1):
        raise ValueError(f"{message.n} elements from {message.start} on do not fit into {dtype}")
    return Discrete(message.n, start=message.start, dtype=dtype.type)


def _decode_multi_discrete(message: space_pb2.MultiDiscreteSpace) -> MultiDiscrete:
    nvec, start = decode_array(message.nvec), decode_array(message.start)
    if nvec.dtype != start.dtype or nvec.shape != start.shape or nvec.dtype.kind not in "iu":
        raise ValueError(
            f"a multi-discrete space needs nvec and start of one integer dtype and one shape, but "
            f"{nvec.dtype}{list(nvec.shape)} and {start.dtype}{list(start.shape)} came"
        )
    if not (nvec >= 1).all():
        raise ValueError(f"each entry of nvec must be at least 1, but {nvec.min()} came")
    return MultiDiscrete(nvec, dtype=nvec.dtype.type, start=start)
