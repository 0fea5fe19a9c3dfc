# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Converts seeds of random generators to ``SeedList`` and back."""

from collections.abc import Iterable

from gymwire.v1 import environment_service_pb2 as pb

# Gymnasium draws a seed of 128 bits when it gets no seed.
MAX_SEED = 2**128 - 1

_INT64_MAX = 2**63 - 1


def encode_seeds(seeds: Iterable[int | None]) -> pb.SeedList:
    """Returns the message for seeds from 0 to MAX_SEED; None means no seed."""
    return pb.SeedList(seeds=[_encode_seed(seed) for seed in seeds])


def decode_seeds(message: pb.SeedList) -> list[int | None]:
    """Returns the seeds of a message. Raises ValueError if a seed is malformed. A negative seed is returned too: the
    server checks the range of a request's seeds later."""
    return [_decode_seed(seed) for seed in message.seeds]


def decode_big_seed(data: bytes) -> int:
    """Returns a seed that is too big for an int64. Raises ValueError if it is malformed or above MAX_SEED."""
    seed = int.from_bytes(data, "little")
    if not _INT64_MAX < seed <= MAX_SEED or not data[-1]:
        raise ValueError(
            f"a big seed must be the shortest form of a number from 2^63 to 2^128-1; got {len(data)} bytes: "
            f"{data[:20].hex()}"
        )
    return seed


def _encode_seed(seed: int | None) -> pb.OptionalSeed:
    if seed is None or seed <= _INT64_MAX:
        return pb.OptionalSeed(value=seed)
    return pb.OptionalSeed(big_value=seed.to_bytes((seed.bit_length() + 7) // 8, "little"))


def _decode_seed(message: pb.OptionalSeed) -> int | None:
    if not message.HasField("big_value"):
        return message.value if message.HasField("value") else None
    if message.HasField("value"):
        raise ValueError("an OptionalSeed has both value and big_value; set one of them")
    return decode_big_seed(message.big_value)
