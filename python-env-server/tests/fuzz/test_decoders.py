# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""For any bytes, the decoders return a value that can be encoded again without loss, or raise ValueError. Two other
outcomes are allowed. For a value or a space that is nested too deeply to be encoded, the encoder raises
UnsupportedValueError or UnsupportedSpaceError. For a space that the installed Gymnasium lacks, the decoder raises
UnsupportedSpaceError."""

import contextlib
import random
from typing import Any

import numpy as np
import pytest
from all_spaces import ALL_SPACES
from google.protobuf.message import DecodeError, Message
from gymnasium.spaces import Space
from mutation import CASES, SEED, mutated_bytes, mutated_message, random_message

from gymwire.codec import (
    UnsupportedSpaceError,
    UnsupportedValueError,
    decode_array,
    decode_member,
    decode_sample,
    decode_space,
    decode_value,
    encode_array,
    encode_sample,
    encode_space,
    encode_value,
)
from gymwire.v1 import space_pb2, value_pb2

VALUES: list[Any] = [
    *(None, True, -1, 2**100, float("nan"), "word", b"\0\1", np.float32(0.5), np.arange(6).reshape(2, 3)),
    *(
        np.array([None, "x", 1.5], dtype=object),
        np.array(["ab", "c"]),
        [1, [2.5, ()]],
        {"a": {1: (True,)}, (1, "b"): []},
    ),
]


def _variant(rng: random.Random, valid: Message) -> Any:
    """Returns a message of the same type as `valid`: a changed copy of `valid`, a random message, or a message parsed
    from changed or random bytes. Returns None if these bytes cannot be parsed."""
    change = rng.randrange(4)
    if change == 0:
        return mutated_message(rng, valid)
    if change == 1:
        return random_message(rng, type(valid))
    data = mutated_bytes(rng, valid.SerializeToString()) if change == 2 else rng.randbytes(rng.randrange(40))
    try:
        return type(valid).FromString(data)
    except DecodeError:
        return None


def _stable(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)


def _cases(name: str) -> random.Random:
    return random.Random(f"{name} {SEED}")


def test_values_can_be_encoded_again_or_are_refused() -> None:
    rng = _cases("values")
    samples = [encode_value(value) for value in VALUES]
    decoded = 0
    for case in range(CASES):
        message = _variant(rng, rng.choice(samples))
        if message is None:
            continue
        try:
            value = decode_value(message)
        except ValueError:
            continue
        try:
            again = encode_value(value)
        except UnsupportedValueError:
            continue
        decoded += 1
        assert _stable(encode_value(decode_value(again))) == _stable(again), f"case {case}: {message}"
    # If too few messages can be decoded, the loop has tested almost nothing.
    assert decoded > CASES / 20


def test_arrays_can_be_encoded_again_or_are_refused() -> None:
    rng = _cases("arrays")
    shapes = ((), (3,), (2, 0), (2, 3))
    samples = [encode_array(np.zeros(shape, dtype)) for shape in shapes for dtype in "?bhilBHILefdFD"]
    decoded = 0
    for case in range(CASES):
        message = _variant(rng, rng.choice(samples))
        if message is None:
            continue
        try:
            array = decode_array(message)
        except ValueError:
            continue
        decoded += 1
        assert encode_array(array).data == message.data, f"case {case}: {message}"
    assert decoded > CASES / 20


def test_spaces_can_be_encoded_again_or_are_refused() -> None:
    rng = _cases("spaces")
    samples = [encode_space(space) for space in ALL_SPACES]
    decoded = 0
    for case in range(CASES):
        message = _variant(rng, rng.choice(samples))
        if message is None:
            continue
        try:
            space = decode_space(message)
        # UnsupportedSpaceError is for spaces that an older Gymnasium lacks.
        except (ValueError, UnsupportedSpaceError):
            continue
        decoded += 1
        try:
            again = encode_space(space)
        except UnsupportedSpaceError:
            continue
        assert decode_space(again) == space, f"case {case}: {message}"
        assert _stable(encode_space(decode_space(again))) == _stable(again), f"case {case}: {message}"
    assert decoded > CASES / 20


# If a Box of integers has the shape (), its sample is a number. Gymnasium warns about such numbers.
@pytest.mark.filterwarnings("ignore:.*Casting input x to numpy array:UserWarning")
def test_samples_are_members_of_their_space_or_are_refused() -> None:
    rng = _cases("samples")
    drawn = [_drawn(space) for space in ALL_SPACES]
    decoded = 0
    for case in range(CASES):
        space, samples = rng.choice(drawn)
        message = _variant(rng, rng.choice(samples))
        # A client's most likely mistake is a sample of another space.
        if rng.random() < 0.1:
            message = rng.choice(rng.choice(drawn)[1])
        if message is None:
            continue
        try:
            decode_sample(space, message)
            member = decode_member(space, message)
        except ValueError:
            continue
        decoded += 1
        assert space.contains(member), f"case {case}: {space} {message}"
        assert _stable(encode_sample(space, member))
    assert decoded > CASES / 100


def _drawn(space: Space[Any]) -> tuple[Space[Any], list[value_pb2.Value]]:
    space.seed(0)
    return space, [encode_sample(space, space.sample()) for _ in range(5)]


@pytest.mark.parametrize("kind", ["list", "tuple", "dict", "graph"])
def test_every_depth_of_nesting_that_protobuf_accepts_can_be_decoded(kind: str) -> None:
    message = value_pb2.Value(none=value_pb2.NoneValue())
    for _ in range(200):
        outer = value_pb2.Value()
        if kind == "dict":
            outer.dict.entries.add(key=encode_value("k"), value=message)
        elif kind == "graph":
            outer.graph.nodes.CopyFrom(message)
        else:
            getattr(outer, kind).values.append(message)
        message = outer
        try:
            read = value_pb2.Value.FromString(message.SerializeToString())
        except DecodeError:
            return
        value = decode_value(read)
        with contextlib.suppress(UnsupportedValueError):
            encode_value(value)
    pytest.fail("protobuf accepted 200 nested values, but the test needs a depth that protobuf refuses")


def test_nested_stacked_spaces_do_not_fill_the_memory() -> None:
    message = encode_space(ALL_SPACES[0])
    for _ in range(20):
        message = space_pb2.Space(sequence=space_pb2.SequenceSpace(feature_space=message, stack=True))
    with pytest.raises(ValueError, match="stacked"):
        decode_space(message)
