# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""These tests are rewritten from Gymnasium's tests/spaces/test_spaces.py. Where Gymnasium's tests convert samples with
to_jsonable, these tests convert them to messages of the contract."""

from typing import Any

import numpy as np
import pytest
from gymnasium.spaces import Space
from gymnasium.vector.utils import batch_space

from gymwire.codec import decode_sample, decode_space, encode_sample, encode_space
from gymwire.v1 import space_pb2, value_pb2
from upstream.compare import assert_identical
from upstream.spaces import IDS, SPACES, holds_text


def through_the_wire(space: Space[Any]) -> Space[Any]:
    return decode_space(space_pb2.Space.FromString(encode_space(space).SerializeToString()))


def sample_through_the_wire(space: Space[Any], sample: Any) -> Any:
    return decode_sample(space, value_pb2.Value.FromString(encode_sample(space, sample).SerializeToString()))


@pytest.mark.parametrize("space", SPACES, ids=IDS)
def test_roundtripping(space: Space[Any]) -> None:
    space.seed(4)
    remote = through_the_wire(space)
    assert remote == space
    assert type(remote) is type(space)
    for _ in range(5):
        sample = space.sample()
        received = sample_through_the_wire(remote, sample)
        assert_identical(received, sample)
        assert received in space


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("space", SPACES, ids=IDS)
def test_batched_spaces_roundtrip(space: Space[Any], n: int) -> None:
    batched = batch_space(space, n)
    batched.seed(5)
    remote = through_the_wire(batched)
    assert remote == batched
    sample = batched.sample()
    assert_identical(sample_through_the_wire(remote, sample), sample)


@pytest.mark.parametrize("space", SPACES, ids=IDS)
def test_sample_contains(space: Space[Any]) -> None:
    remote = through_the_wire(space)
    for _ in range(10):
        sample = remote.sample()
        assert remote.contains(sample)
        assert space.contains(sample)


@pytest.mark.parametrize("space", SPACES, ids=IDS)
def test_seed_reproducibility(space: Space[Any]) -> None:
    if holds_text(space):
        pytest.skip("two equal Text spaces of Gymnasium can have different orders of their characters")
    remote = through_the_wire(space)
    space.seed(9)
    remote.seed(9)
    for _ in range(5):
        assert_identical(remote.sample(), space.sample())


@pytest.mark.parametrize("space", SPACES, ids=IDS)
def test_repr(space: Space[Any]) -> None:
    if holds_text(space):
        assert type(through_the_wire(space)) is type(space)
    else:
        assert repr(through_the_wire(space)) == repr(space)


def test_bounded_below_and_bounded_above_arrive_unchanged() -> None:
    space = next(space for space in SPACES if space.dtype == np.int32 and hasattr(space, "bounded_below"))
    remote: Any = through_the_wire(space)
    original: Any = space
    assert remote.bounded_below.tolist() == original.bounded_below.tolist() == [False, False, True, True]
    assert remote.bounded_above.tolist() == original.bounded_above.tolist() == [False, True, False, True]
