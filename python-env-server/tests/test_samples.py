# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Samples of every space, batched or not, are sent unchanged. Errors say which part of a sample does not fit."""

from typing import Any

import numpy as np
import pytest
from all_spaces import ALL_SPACES
from gymnasium import spaces
from gymnasium.spaces import GraphInstance
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array

from gymwire.client import InvalidActionError
from gymwire.client.values import encode_action, encode_actions
from gymwire.codec import (
    UnsupportedSpaceError,
    UnsupportedValueError,
    decode_member,
    decode_sample,
    encode_sample,
    encode_value,
)
from gymwire.v1 import value_pb2 as pb


def through_wire(space: spaces.Space[Any], sample: Any) -> Any:
    return decode_sample(space, pb.Value.FromString(encode_sample(space, sample).SerializeToString()))


@pytest.mark.parametrize("space", ALL_SPACES, ids=repr)
def test_a_sample_comes_back_exactly(space: Any) -> None:
    space.seed(11)
    for _ in range(10):
        sample = space.sample()
        assert data_equivalence(through_wire(space, sample), sample, exact=True)


@pytest.mark.parametrize("space", ALL_SPACES, ids=repr)
def test_a_batch_of_samples_comes_back_exactly(space: Any) -> None:
    space.seed(12)
    batch = batch_space(space, 3)
    # A vector environment builds its observations in this way.
    empty: Any = create_empty_array(space, 3)
    together = concatenate(space, tuple(space.sample() for _ in range(3)), empty)
    assert data_equivalence(through_wire(batch, together), together, exact=True)
    batch.seed(13)
    sample = batch.sample()
    assert data_equivalence(through_wire(batch, sample), sample, exact=True)


# Gymnasium warns about samples of integer boxes of shape (), because these samples are numpy scalars.
@pytest.mark.parametrize("space", ALL_SPACES, ids=repr)
@pytest.mark.filterwarnings("ignore:.*Casting input x to numpy array")
def test_samples_are_members(space: Any) -> None:
    space.seed(14)
    for _ in range(5):
        sample = space.sample()
        assert data_equivalence(decode_member(space, encode_sample(space, sample)), sample, exact=True)


def test_a_number_keeps_its_type() -> None:
    space: Any = spaces.Discrete(4)
    assert type(through_wire(space, 3)) is int
    assert type(through_wire(space, np.int64(3))) is np.int64
    assert type(through_wire(space, np.int32(3))) is np.int32
    assert type(through_wire(space, np.array(3))) is np.ndarray


def test_the_sample_of_a_dict_keeps_its_own_order() -> None:
    space = spaces.Dict(a=spaces.Discrete(2), b=spaces.Discrete(2))
    assert list(through_wire(space, {"b": 1, "a": 0})) == ["b", "a"]


def test_a_sample_out_of_bounds_is_sent_but_is_no_member() -> None:
    space = spaces.Box(-1, 1, (2,))
    for sample in (np.array([5, 0], np.float32), np.array([np.nan, 0], np.float32)):
        np.testing.assert_array_equal(through_wire(space, sample), sample)
        with pytest.raises(ValueError, match="is outside the space Box"):
            decode_member(space, encode_sample(space, sample))


def test_observations_of_another_dtype_are_sent_as_they_are() -> None:
    assert encode_sample(spaces.Box(0, 1, (2,)), np.zeros(2)).array.dtype == pb.DTYPE_FLOAT64


def test_the_error_names_the_space_of_a_sample_that_cannot_be_sent() -> None:
    with pytest.raises(UnsupportedValueError, match=r"in a sample of Dict\('a': Discrete\(2\)\).*'a'.*set"):
        encode_sample(spaces.Dict(a=spaces.Discrete(2)), {"a": {1, 2}})


def test_the_elements_of_an_array_subclass_are_sent_unless_some_are_masked() -> None:
    box, pair = spaces.Box(0, 1, (2,), np.float64), spaces.Tuple((spaces.Box(0, 1, (2,), np.float64),))
    plain = np.array([0.5, 1.0])
    assert encode_sample(box, np.ma.masked_array(plain)) == encode_sample(box, plain)
    masked = np.ma.masked_array(plain, mask=[False, True])
    for space, sample in ((box, masked), (pair, (masked,)), (spaces.Box(0, 1, (2,)), masked)):
        with pytest.raises(UnsupportedValueError, match="masked elements"):
            encode_sample(space, sample)


def test_samples_of_a_custom_space_are_refused() -> None:
    with pytest.raises(UnsupportedSpaceError, match="cannot be sent"):
        decode_sample(spaces.Space(), encode_value(1))


TWO: "spaces.Discrete[Any]" = spaces.Discrete(2)
BOX = spaces.Box(0, 1, (2,))
STACK = spaces.Sequence(spaces.Dict(a=TWO, b=BOX), stack=True)
GRAPH = spaces.Graph(BOX, TWO)
NODES = np.zeros((3, 2), np.float32)


@pytest.mark.parametrize(
    ("space", "sample", "complaint"),
    [
        (BOX, np.zeros(2), r"float32 with shape \[2\]; got float64\[2\]"),
        (BOX, np.zeros(3, np.float32), r"got float32\[3\]"),
        (BOX, [0.0, 0.0], r"got \[0.0, 0.0\]"),
        (BOX, None, "got None"),
        (TWO, 1.0, "got 1.0"),
        (TWO, np.float64(1), "int or a single int64"),
        (TWO, np.array([1]), r"got int64\[1\]"),
        (TWO, 2**70, "fits into int64"),
        (TWO, np.uint64(1), "single int64"),
        (spaces.MultiDiscrete([2, 2]), np.zeros(2, np.int32), r"int64 with shape \[2\]"),
        (spaces.MultiBinary(2), np.zeros(2, np.int64), r"int8 with shape \[2\]"),
        (spaces.Text(3), b"abc", "a string"),
        (spaces.Dict(a=TWO), {"b": 1}, r"keys \['a'\]"),
        (spaces.Dict(a=TWO), [1], "a dict"),
        (spaces.Dict(a=spaces.Tuple([TWO, BOX])), {"a": (1, 2)}, r"at \['a'\]\[1\]: expected an array"),
        (spaces.Tuple([TWO, TWO]), (1,), "tuple of 2"),
        (spaces.Tuple([TWO]), 1, "tuple of 1"),
        (spaces.Sequence(TWO), [1], "a tuple"),
        (spaces.Sequence(TWO), (1, "x"), r"at \[1\]"),
        (STACK, {"a": np.zeros(2, np.int64), "b": np.zeros((3, 2), np.float32)}, r"one length, not of \[2, 3\]"),
        (STACK, {"a": np.zeros(2, np.int64), "b": np.zeros((2, 3), np.float32)}, r"at \['b'\]"),
        (STACK, {"a": np.zeros(2, np.int64), "b": np.zeros((2, 2))}, "float32"),
        (STACK, {"a": np.zeros(2, np.int64)}, "keys"),
        (spaces.Sequence(spaces.Text(2), stack=True), "ab", "a tuple"),
        (spaces.Sequence(spaces.Tuple([TWO, BOX]), stack=True), (np.zeros(1, np.int64),), "tuple of 2"),
        (GRAPH, (NODES, None, None), "a graph"),
        (GRAPH, GraphInstance(NODES.astype(np.float64), None, None), r"at .nodes"),
        (GRAPH, GraphInstance(np.zeros((), np.float32), None, None), r"at .nodes"),
        (GRAPH, GraphInstance(NODES, NODES, np.zeros((3, 2), np.int32)), r"at .edges"),
        (spaces.Graph(BOX, None), GraphInstance(NODES, np.arange(1), np.zeros((1, 2), int)), "no features on edges"),
        (spaces.OneOf([TWO, BOX]), (2, 1), r"at \[0\].*from 0 to 1"),
        (spaces.OneOf([TWO, BOX]), (-1, 1), r"at \[0\].*from 0 to 1"),
        (spaces.OneOf([TWO, BOX]), (1, 1), r"at \[1\]: expected an array"),
        (spaces.OneOf([TWO, BOX]), (0.0, 1), "a tuple of an int"),
        (spaces.OneOf([TWO, BOX]), 1, "a tuple of an int"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_the_error_says_what_does_not_fit(space: Any, sample: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        decode_sample(space, encode_value(sample))


@pytest.mark.parametrize(
    ("space", "sample"),
    [
        (TWO, 2),
        (TWO, np.int64(-1)),
        (spaces.MultiDiscrete([2, 2]), np.array([0, 2])),
        (spaces.MultiBinary(2), np.array([0, 2], np.int8)),
        (spaces.Text(3, charset="ab"), "abc"),
        (spaces.Dict(a=spaces.Tuple([TWO])), {"a": (5,)}),
        (spaces.Sequence(TWO), (0, 1, 2)),
        (spaces.Sequence(TWO, stack=True), np.array([0, 2])),
        (GRAPH, GraphInstance(NODES + 2, None, None)),
        (GRAPH, GraphInstance(NODES, np.zeros(1, np.int64), np.array([[0, 3]]))),
        (GRAPH, GraphInstance(NODES, np.zeros(2, np.int64), np.array([[0, 1]]))),
        (GRAPH, GraphInstance(NODES, None, np.array([[0, 1]]))),
        (spaces.OneOf([TWO, BOX]), (0, 7)),
    ],
    ids=repr,
)
def test_a_sample_that_is_no_member_is_refused(space: Any, sample: Any) -> None:
    with pytest.raises(ValueError, match="outside the space"):
        decode_member(space, encode_value(sample))


NESTED = spaces.Dict({"arm": spaces.Box(-1, 1, (2,), np.float32), "pair": spaces.Tuple([spaces.Discrete(3)] * 2)})


def test_the_parts_of_an_action_get_the_dtypes_of_their_spaces() -> None:
    batched = batch_space(NESTED, 1)
    action = {"arm": [0.5, -1], "pair": [1, np.int8(2)]}
    batch = decode_sample(batched, encode_action(NESTED, batched, action))
    assert batch["arm"].dtype == np.float32
    assert batch["arm"].tolist() == [[0.5, -1]]
    assert [part.tolist() for part in batch["pair"]] == [[1], [2]]
    several = {"arm": [[0.5, -1]], "pair": ([1], [2])}
    assert data_equivalence(decode_sample(batched, encode_actions(batched, several)), batch, exact=True)


@pytest.mark.parametrize(
    "action",
    [
        {"arm": [0.0, 0.0], "pair": (1, 2), "leg": 1},
        {"arm": [0.0, 0.0]},
        {"arm": [0.0, 0.0], "pair": (1, 2, 0)},
        {"arm": [0.0, 0.0], "pair": (1,)},
        {"arm": [0.0, 0.0], "pair": (1, 0.5)},
        {"arm": ["0", "0"], "pair": (1, 2)},
        [0.0, 0.0],
        None,
    ],
    ids=str,
)
def test_an_action_with_wrong_parts_is_refused(action: Any) -> None:
    with pytest.raises(InvalidActionError, match="does not lie in"):
        encode_action(NESTED, batch_space(NESTED, 1), action)
