# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Spaces keep bounds, start, dtype and shape across the wire."""

from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from gymwire.codec import decode_space, encode_array, encode_space
from gymwire.codec.spaces import UnsupportedSpaceError
from gymwire.v1 import space_pb2 as pb
from gymwire.v1 import value_pb2


def roundtrip(space: Any) -> Any:
    return decode_space(pb.Space.FromString(encode_space(space).SerializeToString()))


@pytest.mark.parametrize(
    "space",
    [
        spaces.Box(-1.0, 1.0, (3,), np.float32),
        spaces.Box(-np.inf, np.inf, (2, 2), np.float64),
        spaces.Box(np.array([-1.0, -np.inf]), np.array([np.inf, 2.0]), dtype=np.float64),
        spaces.Box(0, 255, (4, 4, 3), np.uint8),
        spaces.Box(-(2**63), 2**63 - 1, (2,), np.int64),
        spaces.Box(0, 1, (), np.float32),
        spaces.Discrete(1),
        spaces.Discrete(5, start=-2),
        spaces.Discrete(5, start=3, dtype=np.int32),
        spaces.MultiDiscrete([2, 3]),
        spaces.MultiDiscrete(np.array([[2, 3], [4, 5]]), start=np.array([[-1, 0], [7, 8]]), dtype=np.int32),
    ],
    ids=repr,
)
def test_a_space_comes_back_equal_with_equal_samples(space: Any) -> None:
    result = roundtrip(space)
    assert result == space
    assert result.dtype == space.dtype
    assert result.shape == space.shape
    space.seed(3)
    result.seed(3)
    for _ in range(5):
        sample = space.sample()
        assert result.contains(sample)
        assert np.array_equal(sample, result.sample())


def test_an_integer_box_keeps_which_bounds_were_asked_for() -> None:
    unbounded = spaces.Box(-np.inf, np.inf, (2,), np.int32)
    result = roundtrip(unbounded)
    assert not result.bounded_below.any()
    assert not result.bounded_above.any()
    assert (result.low == np.iinfo(np.int32).min).all()


@pytest.mark.parametrize(
    "space",
    [
        spaces.MultiBinary(3),
        spaces.Text(4),
        spaces.Dict(a=spaces.Discrete(2)),
        spaces.Tuple((spaces.Discrete(2),)),
        spaces.Sequence(spaces.Discrete(2)),
        spaces.OneOf((spaces.Discrete(2),)),
    ],
    ids=lambda space: type(space).__name__,
)
def test_a_space_to_come_is_refused_by_name(space: Any) -> None:
    with pytest.raises(UnsupportedSpaceError, match=rf"{type(space).__name__}.*not supported yet"):
        encode_space(space)


def box(**changes: Any) -> pb.Space:
    fields: dict[str, Any] = {
        "low": encode_array(np.zeros(2)),
        "high": encode_array(np.ones(2)),
        "bounded_below": encode_array(np.ones(2, np.bool_)),
        "bounded_above": encode_array(np.ones(2, np.bool_)),
    }
    return pb.Space(box=pb.BoxSpace(**{**fields, **changes}))


def multi_discrete(nvec: Any, start: Any) -> pb.Space:
    return pb.Space(multi_discrete=pb.MultiDiscreteSpace(nvec=encode_array(nvec), start=encode_array(start)))


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (pb.Space(), "no kind"),
        (box(high=encode_array(np.ones(3))), "one dtype and shape"),
        (box(high=encode_array(np.ones(2, np.float32))), "one dtype and shape"),
        (box(bounded_below=encode_array(np.ones(2))), "must be bool"),
        (box(low=encode_array(np.array([0.0, 5.0]))), "not at most its high"),
        (box(low=encode_array(np.array([0.0, np.nan]))), "not at most its high"),
        (box(low=value_pb2.NdArray()), "dtype number 0"),
        (pb.Space(discrete=pb.DiscreteSpace(n=0, dtype=value_pb2.DTYPE_INT64)), "n >= 1"),
        (pb.Space(discrete=pb.DiscreteSpace(n=2, dtype=value_pb2.DTYPE_FLOAT32)), "integer dtype"),
        (pb.Space(discrete=pb.DiscreteSpace(n=2, start=127, dtype=value_pb2.DTYPE_INT8)), "do not fit"),
        (multi_discrete(np.array([2, 0]), np.array([0, 0])), "at least 1"),
        (multi_discrete(np.array([2, 2]), np.array([0])), "one shape"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_malformed_spaces_are_named(message: pb.Space, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        decode_space(message)


def test_a_kind_to_come_is_refused() -> None:
    with pytest.raises(UnsupportedSpaceError, match="multi_binary"):
        decode_space(pb.Space(multi_binary=pb.MultiBinarySpace(shape=[2])))
