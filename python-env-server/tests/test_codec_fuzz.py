# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The decoders get messages that no correct client sends. For each message, they return a value or raise a ValueError.
An UnsupportedSpaceError is also allowed, for spaces that the installed Gymnasium lacks.

GYMWIRE_FUZZ_CASES sets the number of cases of each test, except the last test, which has a third of them.
GYMWIRE_FUZZ_SEED sets the seed of the random numbers.
"""

import os
import random
import warnings
from typing import Any

import pytest
from all_spaces import ALL_SPACES
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message

from gymwire.codec import (
    UnsupportedSpaceError,
    decode_member,
    decode_space,
    decode_value,
    encode_sample,
    encode_space,
    encode_value,
)
from gymwire.v1 import space_pb2, value_pb2

CASES = int(os.environ.get("GYMWIRE_FUZZ_CASES", "3000"))
SEED = int(os.environ.get("GYMWIRE_FUZZ_SEED", "0"))

NUMBERS = [0, 1, 2, 3, 14, 15, 99, 127, 255, 2**31 - 1, 2**31, 2**62, 2**63 - 1, -1, -2, -(2**31), -(2**63)]
FLOATS = [0.0, -1.0, 1e308, float("inf"), float("nan")]
TEXTS = ["", "a", "aa", "\0", "é\U0001f3d4", "x" * 50]


def messages(rng: random.Random) -> tuple[Any, space_pb2.Space, value_pb2.Value]:
    space = rng.choice(ALL_SPACES)
    space.seed(rng.randrange(2**31))
    return space, encode_space(space), encode_sample(space, space.sample())


def mutated_bytes(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data) or bytearray(rng.randbytes(8))
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(changed) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            changed[at : at + 1] = rng.randbytes(1)
        elif kind == 1:
            del changed[at : at + rng.randint(1, 4)]
        elif kind == 2:
            changed[at:at] = rng.randbytes(rng.randint(1, 4))
        else:
            changed[at:at] = changed[: rng.randrange(20)]
    return bytes(changed)


def mutate_fields(rng: random.Random, message: Message) -> None:
    """Changes one field of `message`, or of a message inside it, in place. The result is well-formed Protobuf."""
    inner = [message]
    for part in inner:
        for held, content in part.ListFields():
            if held.type == FieldDescriptor.TYPE_MESSAGE:
                inner.extend(list(content) if held.is_repeated else [content])
    target = rng.choice([part for part in inner if part.DESCRIPTOR.fields])
    field: Any = rng.choice(list(target.DESCRIPTOR.fields))
    name = field.name
    if field.is_repeated:
        content = getattr(target, name)
        if content and rng.random() < 0.4:
            del content[rng.randrange(len(content))]
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            content.append(rng.choice(content)) if content else content.add()
        elif content and rng.random() < 0.7:
            content[rng.randrange(len(content))] = scalar(rng, field)
        else:
            content.append(scalar(rng, field))
    elif field.type == FieldDescriptor.TYPE_MESSAGE:
        if rng.random() < 0.3:
            target.ClearField(name)
        else:
            getattr(target, name).SetInParent()
    else:
        setattr(target, name, scalar(rng, field))


def scalar(rng: random.Random, field: FieldDescriptor) -> Any:
    if field.type == FieldDescriptor.TYPE_STRING:
        return rng.choice(TEXTS)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return rng.randbytes(rng.choice([0, 1, 2, 4, 8, 9, 16, 17]))
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return rng.choice(FLOATS)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return rng.random() < 0.5
    if field.type in (FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_ENUM):
        return rng.choice([number for number in NUMBERS if -(2**31) <= number < 2**31])
    return rng.choice(NUMBERS)


def check_space(message: space_pb2.Space) -> bool:
    try:
        space = decode_space(message)
    # decode_space raises UnsupportedSpaceError for spaces that an older Gymnasium lacks.
    except (ValueError, UnsupportedSpaceError):
        return False
    assert encode_space(decode_space(encode_space(space))) == encode_space(space)
    return True


def check_value(space: Any, message: value_pb2.Value) -> bool:
    try:
        value = decode_value(message)
    except ValueError:
        return False
    encode_value(value)
    # numpy can warn about a value before the value is refused.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            assert space.contains(decode_member(space, message))
        except ValueError:
            return True
    return True


@pytest.mark.parametrize("part", range(4))
def test_changed_bytes_are_read_or_refused(part: int) -> None:
    rng = random.Random(f"bytes {SEED} {part}")
    read = 0
    for _ in range(CASES // 4):
        space, of_space, of_value = messages(rng)
        try:
            if rng.random() < 0.5:
                changed = mutated_bytes(rng, of_space.SerializeToString())
                read += check_space(space_pb2.Space.FromString(changed))
            else:
                changed = mutated_bytes(rng, of_value.SerializeToString())
                read += check_value(space, value_pb2.Value.FromString(changed))
        except DecodeError:
            pass
    # If Protobuf refused almost all messages, the test would not have tried our decoders.
    assert read > CASES // 400


@pytest.mark.parametrize("part", range(4))
def test_changed_fields_are_read_or_refused(part: int) -> None:
    rng = random.Random(f"fields {SEED} {part}")
    read = 0
    for _ in range(CASES // 4):
        space, of_space, of_value = messages(rng)
        for _ in range(rng.randint(1, 3)):
            mutate_fields(rng, rng.choice([of_space, of_value]))
        read += check_space(of_space)
        read += check_value(space, of_value)
    assert read > CASES // 20


@pytest.mark.filterwarnings("ignore")
def test_samples_of_another_space_are_read_or_refused() -> None:
    rng = random.Random(f"spaces {SEED}")
    members = 0
    for _ in range(CASES // 3):
        _, _, of_value = messages(rng)
        other = rng.choice(ALL_SPACES)
        try:
            decode_member(other, of_value)
            members += 1
        except ValueError:
            pass
        except UnsupportedSpaceError:
            pytest.fail(f"decode_member does not support {other}, but it must support all spaces of Gymnasium")
    assert members > 0
