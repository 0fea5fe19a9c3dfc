# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes random protobuf messages: new messages, and valid messages with a few changes. The caller's random generator
makes all choices."""

import os
import random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

# The number of random messages of each test. The long test in proto/README.md sets a higher number.
CASES = int(os.environ.get("GYMWIRE_FUZZ_CASES", "3000"))
SEED = int(os.environ.get("GYMWIRE_FUZZ_SEED", "0"))

_MAX_DEPTH = 6
_INTEGERS = (0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 127, 128, 255, 256, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)
_FLOATS = (0.0, -0.0, 0.5, 1.0, 2.0, -1.0, 1e308, 5e-324, float("nan"), float("inf"), float("-inf"))
_TEXTS = (
    *("", "a", "seed", "name", "level", "scale", "state", "spec", "reset", "close", "broken", "untold", "low", "_key"),
    *("CartPole-v1", "CartPole-v9", "os:CartPole-v1", "xml_file", "../x", "rgb_array", "rgb_array_list", "ansi"),
    *("FlattenObservation", "TimeLimit", "RecordVideo", "\0", "ä\U0001f3d4", "\U0001f3d4" * 700, "x" * 5000, "a\nb"),
)
_INTEGER_RANGES = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_ENUM: (-(2**31), 2**31 - 1),
}


def random_message(rng: random.Random, kind: type[Message], depth: int = 0) -> Any:
    """Returns a message with some of its fields set to random values."""
    message = kind()
    # Deeply nested messages get few fields, so that messages stay small.
    chance = 0.6 if depth == 0 else 1.0 / (1 + depth)
    fields: list[Any] = list(message.DESCRIPTOR.fields)
    rng.shuffle(fields)
    for field in fields:
        if rng.random() < chance:
            _set(rng, message, field, depth)
    return message


def mutated_message(rng: random.Random, message: Message) -> Any:
    """Returns a copy with up to three random changes, at any depth. A change sets or clears a field, changes some bytes
    of a bytes field, or changes the elements of a repeated field: it repeats one, removes one or adds random ones."""
    copy = type(message)()
    copy.CopyFrom(message)
    for _ in range(rng.randint(1, 3)):
        _mutate(rng, copy, 0)
    return copy


def mutated_bytes(rng: random.Random, data: bytes) -> bytes:
    """Returns a copy with up to three random changes. A change overwrites, appends, removes or repeats some bytes, cuts
    off the end, or flips one bit."""
    result = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(result) + 1)
        length = rng.randint(1, 8)
        change = rng.randrange(5)
        if change == 0:
            result[place : place + length] = rng.randbytes(length)
        elif change == 1:
            del result[place : place + length]
        elif change == 2:
            result[place:place] = result[place : place + length]
        elif change == 3:
            del result[place:]
        elif place < len(result):
            result[place] ^= 1 << rng.randrange(8)
    return bytes(result)


def _mutate(rng: random.Random, message: Message, depth: int) -> None:
    present: list[Any] = [field for field, _ in message.ListFields() if field.type == FieldDescriptor.TYPE_MESSAGE]
    if present and rng.random() < 0.7:
        field = rng.choice(present)
        inner = getattr(message, field.name)
        if not _is_repeated(field):
            _mutate(rng, inner, depth + 1)
            return
        if rng.random() < 0.7:
            _mutate(rng, rng.choice(inner), depth + 1)
            return
    fields: list[Any] = list(message.DESCRIPTOR.fields)
    field = rng.choice(fields) if fields else None
    if field is None:
        return
    change = rng.randrange(4)
    if change == 0:
        message.ClearField(field.name)
    elif change == 1 and _is_repeated(field) and len(getattr(message, field.name)):
        values = getattr(message, field.name)
        values.extend([rng.choice(values)]) if rng.random() < 0.5 else values.pop()
    elif change == 2 and field.type == FieldDescriptor.TYPE_BYTES and not _is_repeated(field):
        setattr(message, field.name, mutated_bytes(rng, getattr(message, field.name)))
    else:
        _set(rng, message, field, depth)


def _set(rng: random.Random, message: Message, field: FieldDescriptor, depth: int) -> None:
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        if depth >= _MAX_DEPTH:
            return
        inner = getattr(message, field.name)
        if _is_repeated(field):
            for _ in range(rng.randint(0, 3)):
                added = inner.add()
                added.CopyFrom(random_message(rng, type(added), depth + 1))
        else:
            inner.SetInParent()
            inner.CopyFrom(random_message(rng, type(inner), depth + 1))
    elif _is_repeated(field):
        getattr(message, field.name).extend(_plain(rng, field) for _ in range(rng.randint(0, 3)))
    else:
        setattr(message, field.name, _plain(rng, field))


def _plain(rng: random.Random, field: FieldDescriptor) -> Any:
    if field.cpp_type in _INTEGER_RANGES:
        low, high = _INTEGER_RANGES[field.cpp_type]
        number = rng.choice(_INTEGERS) * rng.choice((1, 1, 1, -1))
        return number if low <= number <= high else rng.randint(low, high)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return rng.random() < 0.5
    if field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE:
        return rng.choice(_FLOATS)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return rng.choice((b"", b"\0", b"\1", b"\1\0", rng.randbytes(rng.choice((1, 2, 4, 8, 9, 16, 2000)))))
    return rng.choice(_TEXTS)


def _is_repeated(field: FieldDescriptor) -> bool:
    return bool(field.is_repeated)
