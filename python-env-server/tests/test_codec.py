# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Values and arrays keep their types across the wire, and errors say what is wrong with malformed messages."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium.spaces import GraphInstance

from gymwire.codec import (
    UnsupportedValueError,
    decode_array,
    decode_dict,
    decode_value,
    encode_array,
    encode_dict,
    encode_value,
)
from gymwire.codec.dtypes import NUMPY_DTYPES, numpy_dtype
from gymwire.codec.seeds import decode_seeds, encode_seeds
from gymwire.codec.values import MAX_DEPTH, MAX_STRING_ARRAY_BYTES
from gymwire.v1 import environment_service_pb2 as service_pb2
from gymwire.v1 import value_pb2 as pb


def roundtrip(value: Any) -> Any:
    return decode_value(pb.Value.FromString(encode_value(value).SerializeToString()))


def assert_same(actual: Any, expected: Any) -> None:
    # numpy has two scalar types for one 64-bit dtype, for example int64 and longlong.
    assert type(actual) is type(expected) or isinstance(expected, np.longlong)
    if isinstance(expected, np.ndarray) and expected.dtype == object:
        assert actual.shape == expected.shape
        for one, other in zip(actual.ravel(), expected.ravel(), strict=True):
            assert_same(one, other)
    elif isinstance(expected, (np.ndarray, np.generic)):
        assert actual.dtype == expected.dtype
        assert actual.shape == expected.shape
        assert actual.tobytes() == expected.tobytes()
    elif isinstance(expected, (list, tuple)):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            assert_same(one, other)
    elif isinstance(expected, dict):
        assert_same(list(actual), list(expected))
        assert_same(list(actual.values()), list(expected.values()))
    elif isinstance(expected, float) and math.isnan(expected):
        assert math.isnan(actual)
    else:
        assert actual == expected


def array_of_objects(values: list[Any]) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        2**63 - 1,
        -(2**63),
        2**63,
        -(2**63) - 1,
        2**127 + 12345,
        -(2**128),
        255 << 64,
        0.0,
        -0.0,
        5e-324,
        math.nan,
        math.inf,
        "",
        "Zürich \U0001f3d4",
        b"",
        b"\x00\xff",
        [],
        (),
        [1, (2.0, [None, "x"])],
        {},
        {"b": 1, "a": {"c": (True, b"z")}, 3: "int", True: "bool", (1, ("x", False)): "tuple"},
        np.float64(1.5),
        np.float32(-0.0),
        np.int8(-128),
        np.uint64(2**64 - 1),
        np.bool_(True),
        np.float16(0.1),
        np.complex64(1 - 2j),
        np.complex128(complex(math.nan, math.inf)),
        np.longlong(3),
        np.array(3.5),
        np.array([math.nan, -math.inf]),
        np.array([1j, 2]),
        np.zeros((0, 4), np.float32),
        array_of_objects(["word", None, [1, 2]]),
        array_of_objects([np.arange(3), None]).reshape(2, 1),
        np.empty((2, 0), dtype=object),
        np.array(["word", "", "Zürich"]),
        np.array([["a"], ["b"]], dtype="<U9"),
        np.array("single"),
        np.empty((0, 3), dtype="<U7"),
        GraphInstance(np.zeros((2, 3), np.float32), np.arange(4), np.zeros((4, 2), np.int32)),
        GraphInstance(np.arange(2), None, None),
        (GraphInstance(np.arange(1), np.zeros((0, 1)), np.zeros((0, 2), np.int64)),),
        {"deep": np.array(["x", None, 2**70], dtype=object)},
    ],
    ids=repr,
)
def test_a_value_comes_back_with_its_type(value: Any) -> None:
    assert_same(roundtrip(value), value)


def test_random_nested_values_come_back() -> None:
    rng = np.random.default_rng(17)
    leaves: list[Callable[[], Any]] = [
        lambda: int(rng.integers(-(2**62), 2**62)) ** int(rng.integers(1, 4)),
        lambda: float(rng.normal()),
        lambda: None,
        lambda: bool(rng.integers(2)),
        lambda: "".join(chr(int(c)) for c in rng.integers(32, 0xD7FF, rng.integers(5))),
        lambda: rng.bytes(int(rng.integers(6))),
        lambda: rng.normal(size=rng.integers(0, 4, rng.integers(0, 4))).astype(np.float32),
        lambda: np.float64(rng.normal()),
    ]

    def grow(depth: int) -> Any:
        kind = int(rng.integers(4)) if depth else 0
        if kind == 0:
            return leaves[int(rng.integers(len(leaves)))]()
        children = [grow(depth - 1) for _ in range(int(rng.integers(4)))]
        return [children, tuple(children), {f"k{i}": child for i, child in enumerate(children)}][kind - 1]

    for _ in range(300):
        value = grow(4)
        assert_same(roundtrip(value), value)


@pytest.mark.parametrize("wire", list(NUMPY_DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3), (1, 2, 3, 4)], ids=str)
def test_an_array_of_each_dtype_with_up_to_4_axes_comes_back(wire: Any, shape: tuple[int, ...]) -> None:
    dtype = numpy_dtype(wire)
    array = np.random.default_rng(5).integers(0, 2, shape).astype(dtype)
    message = encode_array(array)
    assert message.dtype == wire
    assert len(message.data) == array.nbytes
    assert_same(decode_array(message), array)


def test_arrays_travel_little_endian_and_in_c_order() -> None:
    assert encode_array(np.array([1, 256], ">i2")).data == b"\x01\x00\x00\x01"
    transposed = np.arange(6, dtype=np.int8).reshape(2, 3).T
    assert encode_array(transposed).data == bytes([0, 3, 1, 4, 2, 5])
    assert encode_array(np.arange(6, dtype=np.int8)[::-2]).data == bytes([5, 3, 1])


def test_decode_array_does_not_copy_the_data() -> None:
    message = encode_array(np.arange(4.0))
    assert not decode_array(message).flags.owndata


def test_arrays_from_decode_value_are_copies() -> None:
    array = roundtrip({"x": np.arange(3)})["x"]
    array[0] = 7
    assert array.tolist() == [7, 1, 2]


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"k": inner}, lambda inner: (inner,)])
def test_encoded_values_are_shallow_enough_to_be_read(wrap: Callable[[Any], Any]) -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = wrap(value)
    step = service_pb2.StepResponse(infos=encode_dict({"k": 1}))
    step.infos.entries[0].value.CopyFrom(encode_value(value))
    response = service_pb2.InteractResponse(step=step)
    read = service_pb2.InteractResponse.FromString(response.SerializeToString())
    assert decode_value(read.step.infos.entries[0].value) == value
    with pytest.raises(UnsupportedValueError, match="nested deeper than 30"):
        encode_value(wrap(value))


def test_a_list_that_contains_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(UnsupportedValueError, match="nested deeper"):
        encode_value(endless)


def test_subclasses_travel_as_their_base() -> None:
    assert_same(roundtrip(np.str_("word")), "word")


@pytest.mark.parametrize(
    "value",
    [
        1j,
        object(),
        {1.5: "float key"},
        {None: "none key"},
        [{"deep": {1, 2}}],
        np.datetime64(0, "s"),
        np.array([b"word"]),
        np.zeros(2, "i4,f8"),
        np.longdouble(1),
        np.ma.masked_array([1.0, 2.0], mask=[False, True]),
        np.ma.masked_array([1.0, 2.0]),
        np.ma.masked,
        np.zeros((1, 1)).view(np.matrix),
        np.zeros(2).view(np.recarray),
        np.zeros(1, [("x", "f8")])[0],
        np.array(["2026-01-01"], "M8[D]"),
        np.timedelta64(1, "s"),
        np.array([None, [np.ma.masked_array([1], mask=[True])]], dtype=object),
        GraphInstance(np.arange(2), None, np.ma.masked_array([[0, 1]], mask=True)),
        "half \ud83c pair",
        np.array(["\udc00"]),
        {2**63: "a key of more than 64 bits"},
        GraphInstance(np.arange(2), np.arange(1), np.zeros((1, 3), np.int64)),
        GraphInstance(np.arange(2), np.arange(1), [[0, 1]]),  # type: ignore[arg-type]
    ],
    ids=repr,
)
def test_values_that_cannot_travel_are_refused(value: Any) -> None:
    with pytest.raises(UnsupportedValueError, match=r"cannot be sent|must be|not Unicode"):
        encode_value(value)


def test_the_error_for_a_masked_array_or_a_matrix_says_what_to_do() -> None:
    with pytest.raises(UnsupportedValueError, match=r"masked elements.*filled\(\)"):
        encode_value(np.ma.masked_array([1.0, 2.0], mask=[False, True]))
    with pytest.raises(UnsupportedValueError, match=r"numpy\.matrix cannot be sent.*numpy\.array\(\)"):
        encode_value(np.zeros((1, 1)).view(np.matrix))


@pytest.mark.parametrize("element", [0.0, "a", None])
def test_an_array_with_more_than_32_axes_is_refused(element: object) -> None:
    # numpy 1 itself refuses such an array.
    with pytest.raises(ValueError, match=r"33 axes|dimension"):
        encode_value([np.full((1,) * 33, element)])


def test_an_array_of_strings_that_needs_too_much_memory_is_refused() -> None:
    array = np.empty(MAX_STRING_ARRAY_BYTES // 4 + 1, "<U1")
    with pytest.raises(UnsupportedValueError, match="at most 268435456 are possible"):
        encode_value(array)


def test_a_memory_map_travels_as_its_elements(tmp_path: Path) -> None:
    mapped = np.memmap(tmp_path / "m", np.int16, "w+", shape=(3,))
    mapped[:] = [1, -2, 3]
    assert_same(roundtrip(mapped), np.array([1, -2, 3], np.int16))


def test_an_object_that_cannot_be_printed_is_refused_like_any_other() -> None:
    class Unprintable:
        def __repr__(self) -> str:
            raise RuntimeError("not to be shown")

    with pytest.raises(UnsupportedValueError, match="Unprintable cannot be sent"):
        encode_value([Unprintable()])
    # In older versions of Python, for example 3.13.0, reprlib treats this object as an array.array, because its class
    # has the name "array".
    with pytest.raises(UnsupportedValueError, match="array cannot be sent"):
        encode_value([type("array", (), {})()])


@pytest.mark.parametrize("seed", [0, 2**63 - 1, 2**63, 2**64 + 1, 2**128 - 1, None])
def test_seeds_of_128_bits_round_trip(seed: int | None) -> None:
    message = encode_seeds([7, seed])
    assert decode_seeds(service_pb2.SeedList.FromString(message.SerializeToString())) == [7, seed]
    assert message.seeds[1].HasField("big_value") is (seed is not None and seed >= 2**63)


@pytest.mark.parametrize("data", [b"", b"\x01", b"\xff" * 7 + b"\x7f", b"\xff" * 8 + b"\x00", b"\x01" * 17])
def test_a_malformed_big_seed_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"from 2\^63 to 2\^128-1"):
        decode_seeds(service_pb2.SeedList(seeds=[service_pb2.OptionalSeed(big_value=data)]))


def test_two_seeds_for_one_environment_are_refused() -> None:
    both = service_pb2.OptionalSeed(value=1, big_value=b"\0" * 8 + b"\1")
    with pytest.raises(ValueError, match="both"):
        decode_seeds(service_pb2.SeedList(seeds=[both]))


def test_the_error_for_a_value_in_a_dict_names_the_keys() -> None:
    with pytest.raises(UnsupportedValueError, match=r"'outer'.*'inner'.*complex"):
        encode_dict({"outer": {"inner": 1j}})


INT = pb.Value(int_value=1)
NONE = pb.Value(none=pb.NoneValue())
UNSPECIFIED = pb.DTYPE_UNSPECIFIED
UNKNOWN: Any = 99


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (pb.Value(), "no kind"),
        (pb.Value(list=pb.ValueList(values=[pb.Value()])), "no kind"),
        (pb.Value(big_int=b""), "big_int"),
        (pb.Value(big_int=b"\x05"), "big_int"),
        (pb.Value(big_int=b"\x00" * 8 + b"\x01\x00"), "shortest"),
        (pb.Value(array=pb.NdArray(dtype=UNSPECIFIED, shape=[1], data=b"1")), "DType number 0"),
        (pb.Value(array=pb.NdArray(dtype=UNKNOWN, shape=[1], data=b"1")), "DType number 99"),
        (pb.Value(array=pb.NdArray(dtype=pb.DTYPE_INT32, shape=[2], data=b"1234")), "8 bytes; got 4"),
        (pb.Value(array=pb.NdArray(dtype=pb.DTYPE_INT8, shape=[-1, -1], data=b"1")), "negative"),
        (pb.Value(array=pb.NdArray(dtype=pb.DTYPE_INT8, shape=[2**40], data=b"")), "1099511627776 bytes"),
        (pb.Value(array=pb.NdArray(dtype=pb.DTYPE_BOOL, shape=[2], data=b"\x01\x02")), "neither 0 nor 1"),
        (pb.Value(scalar=pb.NdArray(dtype=pb.DTYPE_INT8, shape=[1], data=b"1")), "scalar"),
        (pb.Value(object_array=pb.ObjectArray(shape=[2], values=[INT])), "cannot have 1"),
        (pb.Value(object_array=pb.ObjectArray(shape=[-1], values=[])), "negative"),
        (pb.Value(object_array=pb.ObjectArray(shape=[2**62, 4, 0])), "too long"),
        (pb.Value(array=pb.NdArray(dtype=pb.DTYPE_INT8, shape=[0, 2**62, 2**62])), "too long"),
        (pb.Value(array=pb.NdArray(dtype=pb.DTYPE_INT8, shape=[1] * 70, data=b"1")), "at most 32 axes"),
        (pb.Value(string_array=pb.StringArray(shape=[2], values=["a"], max_length=1)), "cannot have 1"),
        (pb.Value(string_array=pb.StringArray(shape=[1], values=["ab"], max_length=1)), "room for 1"),
        (pb.Value(string_array=pb.StringArray(shape=[1], values=["a\0"], max_length=2)), "room for 2"),
        (pb.Value(string_array=pb.StringArray(shape=[1], values=["a"], max_length=2**31 - 1)), "bytes"),
        (pb.Value(string_array=pb.StringArray(shape=[0], max_length=2**31 - 1)), "bytes"),
        (pb.Value(string_array=pb.StringArray(shape=[0], max_length=-1)), "bytes"),
        (pb.Value(graph=pb.GraphInstance()), "no kind"),
        (pb.Value(graph=pb.GraphInstance(nodes=INT, edges=NONE)), "must leave out the field edges"),
        (pb.Value(graph=pb.GraphInstance(nodes=INT, edge_links=encode_array(np.zeros((2, 2))))), "float64"),
        (pb.Value(graph=pb.GraphInstance(nodes=INT, edge_links=encode_array(np.arange(2)))), "edge_links"),
        (pb.Value(dict=pb.Dict(entries=[pb.Dict.Entry(key=INT)])), "no kind"),
        (pb.Value(dict=pb.Dict(entries=[pb.Dict.Entry(value=INT)])), "got no kind"),
        (pb.Value(dict=pb.Dict(entries=[pb.Dict.Entry(key=pb.Value(float_value=1.0), value=INT)])), "float_value"),
        (pb.Value(dict=pb.Dict(entries=[pb.Dict.Entry(key=INT, value=INT)] * 2)), "1 occurs twice"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_malformed_values_are_refused_with_the_reason(message: pb.Value, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        decode_value(message)


def test_a_dict_keeps_its_order() -> None:
    assert list(decode_dict(encode_dict({"z": 1, "a": 2, "m": 3}))) == ["z", "a", "m"]
