# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Spaces keep bounds, start, dtype and shape across the wire."""

from typing import Any

import numpy as np
import pytest
from all_spaces import ALL_SPACES
from gymnasium import spaces
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector.utils import batch_space
from gymnasium_at_hand import HAS_DISCRETE_DTYPES, HAS_GRAPHS_OF_ANY_SPACES
from odd_envs import Angles, Mission

from gymwire.codec import UnsupportedSpaceError, decode_space, encode_array, encode_space
from gymwire.v1 import space_pb2 as pb
from gymwire.v1 import value_pb2


def roundtrip(space: Any) -> Any:
    return decode_space(pb.Space.FromString(encode_space(space).SerializeToString()))


@pytest.mark.parametrize("space", ALL_SPACES, ids=repr)
def test_a_space_comes_back_equal_with_equal_samples(space: Any) -> None:
    result = roundtrip(space)
    assert result == space
    assert type(result) is type(space)
    assert result.dtype == space.dtype
    assert result.shape == space.shape
    assert repr(result) == repr(space)
    assert encode_space(result) == encode_space(space)
    space.seed(3)
    result.seed(3)
    for _ in range(5):
        assert data_equivalence(space.sample(), result.sample(), exact=True)


@pytest.mark.parametrize("space", ALL_SPACES, ids=repr)
def test_a_batched_space_comes_back_equal(space: Any) -> None:
    batch = batch_space(space, 3)
    assert roundtrip(batch) == batch
    assert batch_space(roundtrip(space), 3) == batch


def test_a_dict_keeps_the_order_of_its_keys() -> None:
    space = spaces.Dict([("b", spaces.Discrete(2)), ("a", spaces.Discrete(3)), (7, spaces.Discrete(4))])  # type: ignore[list-item]
    assert list(roundtrip(space).spaces) == ["b", "a", 7]


def test_a_text_keeps_the_order_of_its_characters() -> None:
    assert roundtrip(spaces.Text(3, charset="zyxa")).character_list == ("z", "y", "x", "a")


def test_a_multi_binary_keeps_whether_n_is_a_number_or_a_shape() -> None:
    assert roundtrip(spaces.MultiBinary(3)).n == 3
    assert roundtrip(spaces.MultiBinary([3])).n == (3,)


def test_an_integer_box_keeps_which_sides_are_bounded() -> None:
    unbounded = spaces.Box(-np.inf, np.inf, (2,), np.int32)
    result = roundtrip(unbounded)
    assert not result.bounded_below.any()
    assert not result.bounded_above.any()
    assert (result.low == np.iinfo(np.int32).min).all()


class Custom(spaces.Space[Any]):
    def __repr__(self) -> str:
        return "Custom()"


class Careless(Custom):
    def __init__(self) -> None:
        pass


def nested(depth: int) -> spaces.Space[Any]:
    space: spaces.Space[Any] = spaces.Discrete(2)
    for _ in range(depth):
        space = spaces.Tuple([space])
    return space


@pytest.mark.parametrize(
    ("space", "complaint"),
    [
        (Custom(), r"Custom\(\).*not one of Gymnasium's"),
        (Careless(), r"Custom\(\).*not one of Gymnasium's"),
        (spaces.Dict(a=spaces.Tuple([Custom()])), r"Custom\(\).*not one of Gymnasium's"),
        (spaces.Dict({("a", "b"): spaces.Discrete(2)}), "keys of a Dict"),  # type: ignore[dict-item]
        (spaces.Box(0, 1, (2,), np.longdouble), "float128|longdouble"),
        *([(spaces.Discrete(2**63, dtype=np.uint64), "int64")] if HAS_DISCRETE_DTYPES else []),
        (nested(31), "nested deeper than 30"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_spaces_that_cannot_be_sent_are_refused(space: Any, complaint: str) -> None:
    with pytest.raises(UnsupportedSpaceError, match=complaint):
        encode_space(space)


def test_a_text_whose_character_set_has_a_string_of_two_characters_is_refused() -> None:
    try:
        space = spaces.Text(3, charset=frozenset({"ab"}))
    except ValueError:
        return  # From version 1.4 on, Gymnasium itself refuses such a character set.
    with pytest.raises(UnsupportedSpaceError, match="single characters"):
        encode_space(space)


@pytest.mark.parametrize(
    ("space", "base"), [(Angles(), spaces.Box(-np.pi, np.pi, (2,), np.float64)), (Mission(), None)], ids=["box", "text"]
)
def test_a_custom_space_is_sent_as_a_gymnasium_space_with_the_custom_class_name(space: Any, base: Any) -> None:
    author = f"odd_envs.{type(space).__name__}"
    assert encode_space(space).author_class == author
    result = roundtrip(spaces.Tuple([space]))[0]
    assert result.author_class == author
    assert encode_space(result) == encode_space(space)
    if base is None:
        assert type(result) is spaces.Text
        assert result.contains(space.sample())
    else:
        assert type(result) is type(base)
        assert result == base


def test_gymnasiums_spaces_are_sent_without_the_name_of_a_custom_class() -> None:
    for space in ALL_SPACES:
        assert encode_space(space).author_class == ""
        assert not hasattr(roundtrip(space), "author_class")


def test_the_batches_of_a_dict_space_are_sorted_by_key_unless_sort_keys_is_false() -> None:
    entries: Any = [("b", spaces.Discrete(2)), ("a", spaces.Discrete(3))]
    options: list[tuple[dict[str, Any], list[str]]] = [({}, ["a", "b"])]
    if hasattr(spaces.Dict(entries), "sort_keys"):
        options.append(({"sort_keys": False}, ["b", "a"]))
    for option, order in options:
        batch: Any = batch_space(roundtrip(spaces.Dict(entries, **option)), 2)
        assert list(batch) == order


def test_a_graph_of_any_spaces_is_decoded_or_the_error_names_the_gymnasium_version_to_install() -> None:
    message = pb.Space(graph=pb.GraphSpace(node_space=DISCRETE, edge_space=MULTI_BINARY))
    if HAS_GRAPHS_OF_ANY_SPACES:
        assert decode_space(message) == spaces.Graph(spaces.Discrete(2), spaces.MultiBinary(2))
    else:
        with pytest.raises(UnsupportedSpaceError, match=r"install gymnasium>=1\.4"):
            decode_space(message)


def test_a_deeply_nested_space_comes_back() -> None:
    assert roundtrip(nested(30)) == nested(30)


def box(**changes: Any) -> pb.Space:
    fields: dict[str, Any] = {
        "low": encode_array(np.zeros(2)),
        "high": encode_array(np.ones(2)),
        "bounded_below": encode_array(np.ones(2, np.bool_)),
        "bounded_above": encode_array(np.ones(2, np.bool_)),
    }
    return pb.Space(box=pb.BoxSpace(**{**fields, **changes}))


DISCRETE = encode_space(spaces.Discrete(2))
MULTI_BINARY = encode_space(spaces.MultiBinary(2))


def dict_of(*keys: value_pb2.Value) -> pb.Space:
    return pb.Space(dict=pb.DictSpace(entries=[pb.DictSpace.Entry(key=key, space=DISCRETE) for key in keys]))


def stacked(count: int) -> pb.Space:
    message = DISCRETE
    for _ in range(count):
        message = pb.Space(sequence=pb.SequenceSpace(feature_space=message, stack=True))
    return message


def graphs(count: int) -> pb.Space:
    message = DISCRETE
    for _ in range(count):
        message = pb.Space(graph=pb.GraphSpace(node_space=message))
    return message


def multi_discrete(nvec: Any, start: Any) -> pb.Space:
    return pb.Space(multi_discrete=pb.MultiDiscreteSpace(nvec=encode_array(nvec), start=encode_array(start)))


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (pb.Space(), "no kind"),
        (box(high=encode_array(np.ones(3))), "one dtype and shape"),
        (box(high=encode_array(np.ones(2, np.float32))), "one dtype and shape"),
        (box(bounded_below=encode_array(np.ones(2))), "must be bool"),
        (box(low=encode_array(np.array([0.0, 5.0]))), "low is greater than its high, or one of them is NaN"),
        (box(low=encode_array(np.array([0.0, np.nan]))), "low is greater than its high, or one of them is NaN"),
        (box(low=value_pb2.NdArray()), "DType number 0"),
        (pb.Space(discrete=pb.DiscreteSpace(n=0, dtype=value_pb2.DTYPE_INT64)), "n >= 1"),
        (pb.Space(discrete=pb.DiscreteSpace(n=2, dtype=value_pb2.DTYPE_FLOAT32)), "integer dtype"),
        (pb.Space(discrete=pb.DiscreteSpace(n=2, start=127, dtype=value_pb2.DTYPE_INT8)), "do not fit"),
        (multi_discrete(np.array([2, 0]), np.array([0, 0])), "at least 1"),
        (multi_discrete(np.array([2, 2]), np.array([0])), "one shape"),
        (multi_discrete(np.array([100], np.int8), np.array([100], np.int8)), "do not fit"),
        (box(**dict.fromkeys(("low", "high"), encode_array(np.zeros(2, "c8")))), "complex64"),
        (pb.Space(discrete=pb.DiscreteSpace(n=200, start=-128, dtype=value_pb2.DTYPE_INT8)), "do not fit"),
        (pb.Space(multi_binary=pb.MultiBinarySpace(shape=[0])), "does not exist"),
        (pb.Space(multi_binary=pb.MultiBinarySpace(shape=[2, 2], scalar_n=True)), "does not exist"),
        (pb.Space(multi_binary=pb.MultiBinarySpace(shape=[2**40])), "more than 67108864 elements"),
        (pb.Space(text=pb.TextSpace(min_length=2, max_length=1, charset="ab")), "min_length"),
        (pb.Space(text=pb.TextSpace(max_length=1, charset="aa")), "twice"),
        (dict_of(value_pb2.Value(float_value=1)), "float_value"),
        (dict_of(value_pb2.Value()), "got no kind"),
        (dict_of(*[value_pb2.Value(int_value=1)] * 2), "occurs twice"),
        (pb.Space(tuple=pb.TupleSpace(spaces=[pb.Space()])), "no kind"),
        (pb.Space(sequence=pb.SequenceSpace()), "no kind"),
        (stacked(9), "stacked"),
        (graphs(9), "stacked sequences and graphs"),
        (pb.Space(graph=pb.GraphSpace()), "no kind"),
        (pb.Space(one_of=pb.OneOfSpace()), "at least one"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_malformed_spaces_are_refused_with_the_reason(message: pb.Space, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        decode_space(message)
