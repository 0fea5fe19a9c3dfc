# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of Reset."""

from typing import Any

import numpy as np
import pytest
from client import Client, observations
from gymnasium_at_hand import TAXI

from conformance.judge import PUSH, Code, assert_refused, assert_untouched, cartpoles
from gymwire.codec import decode_dict, encode_dict
from gymwire.v1 import environment_service_pb2 as pb


def seeds(*values: int | None) -> pb.SeedList:
    return pb.SeedList(seeds=[pb.OptionalSeed(value=value) for value in values])


def test_all_environments_start(wire: Client) -> None:
    reset = wire.reset(cartpoles(wire), seed=0)
    assert reset.step_number == 1
    array = observations(reset)
    assert (array.dtype.name, array.shape) == ("float32", (2, 4))
    assert decode_dict(reset.infos) == {}
    assert len(reset.env_outputs) == 0


def test_equal_seeds_give_equal_first_observations(wire: Client) -> None:
    session = cartpoles(wire)
    first = observations(wire.reset(session, seed=0))
    assert np.array_equal(observations(wire.reset(session, seed=0)), first)
    assert not np.array_equal(observations(wire.reset(session, seed=1)), first)


def test_a_reset_with_one_seed_gives_the_environments_consecutive_seeds(wire: Client) -> None:
    session = cartpoles(wire)
    together = observations(wire.reset(session, seed=5))
    assert np.array_equal(observations(wire.reset(session, seeds=seeds(5, 6))), together)
    assert not np.array_equal(together[0], together[1])


def big(seed: int) -> bytes:
    return seed.to_bytes((seed.bit_length() + 7) // 8, "little")


def needs_seeds(wire: Client) -> None:
    if "seeds" not in wire.stub.GetServerInfo(pb.GetServerInfoRequest()).capabilities:
        pytest.skip("the server does not have the capability 'seeds'")


@pytest.mark.parametrize("seed", [2**63, 2**64, 2**127 + 1, 2**128 - 2])
def test_a_reset_with_one_big_seed_gives_the_environments_consecutive_seeds(wire: Client, seed: int) -> None:
    needs_seeds(wire)
    session = cartpoles(wire)
    together = observations(wire.reset(session, big_seed=big(seed)))
    entries = [pb.OptionalSeed(big_value=big(seed + i)) for i in range(2)]
    assert np.array_equal(observations(wire.reset(session, seeds=pb.SeedList(seeds=entries))), together)
    assert not np.array_equal(observations(wire.reset(session, seed=0)), together)


def test_the_next_seed_after_the_largest_int64_is_a_big_seed(wire: Client) -> None:
    needs_seeds(wire)
    session = cartpoles(wire)
    together = observations(wire.reset(session, seed=2**63 - 1))
    entries = [pb.OptionalSeed(value=2**63 - 1), pb.OptionalSeed(big_value=big(2**63))]
    assert np.array_equal(observations(wire.reset(session, seeds=pb.SeedList(seeds=entries))), together)


def reported_seeds(response: Any) -> list[int]:
    return [each.value or int.from_bytes(each.big_value, "little") for each in response.seeds.seeds]


def test_seeds_are_reported_if_the_client_asks_for_them(wire: Client) -> None:
    needs_seeds(wire)
    silent, session = cartpoles(wire), cartpoles(wire, reset_seeds=True)
    assert not wire.reset(silent, seed=3).HasField("seeds")
    assert reported_seeds(wire.reset(session, seed=3)) == [3, 4]
    assert reported_seeds(wire.reset(session)) == [3, 4]
    assert reported_seeds(wire.reset(session, big_seed=big(2**70))) == [2**70, 2**70 + 1]


def test_the_seeds_that_were_drawn_reproduce_the_first_observations(wire: Client) -> None:
    needs_seeds(wire)
    session = cartpoles(wire, reset_seeds=True)
    first = wire.reset(session)
    assert len(set(reported_seeds(first))) == 2
    again = wire.reset(session, seeds=first.seeds)
    assert again.observations == first.observations
    assert again.seeds == first.seeds


def test_infos_that_can_be_sent_are_not_left_out(wire: Client) -> None:
    session = wire.make(TAXI, 2).session_id
    assert not wire.reset(session, seed=0).omitted_infos
    assert not wire.step(session, PUSH).omitted_infos


def test_without_a_seed_the_random_generator_goes_on(wire: Client) -> None:
    first, second = cartpoles(wire), cartpoles(wire)
    for session in (first, second):
        wire.reset(session, seed=3)
    again = [observations(wire.reset(session)) for session in (first, second)]
    assert np.array_equal(again[0], again[1])
    assert not np.array_equal(again[0], observations(wire.reset(first, seed=3)))


def test_only_environments_that_have_a_seed_in_the_list_are_seeded_again(wire: Client) -> None:
    session = cartpoles(wire)
    start = observations(wire.reset(session, seed=3))
    mixed = observations(wire.reset(session, seeds=seeds(3, None)))
    assert np.array_equal(mixed[0], start[0])
    assert not np.array_equal(mixed[1], start[1])


def test_a_masked_reset_does_not_change_environments_outside_its_mask(wire: Client) -> None:
    session = cartpoles(wire, pb.AUTORESET_MODE_DISABLED)
    start = observations(wire.reset(session, seed=3))
    moved = observations(wire.step(session, PUSH))
    masked = observations(wire.reset(session, reset_mask=b"\x01\x00", seeds=seeds(3, 4)))
    assert np.array_equal(masked[0], start[0])
    assert np.array_equal(masked[1], moved[1])


def test_a_repeated_step_number_gets_the_same_answer(wire: Client) -> None:
    session = cartpoles(wire)
    first = wire.reset(session, step_number=1)
    assert wire.reset(session, step_number=1) == first
    assert wire.reset(session, step_number=2) != first


VIOLATIONS: dict[str, dict[str, Any]] = {
    "negative seed": {"seed": -1},
    "negative seed in the list": {"seeds": seeds(0, -7)},
    "too few seeds": {"seeds": seeds(1)},
    "too many seeds": {"seeds": seeds(1, 2, 3)},
    "mask in a mode with automatic resets": {"reset_mask": b"\x01\x00"},
    "reset_mask among the options": {"options": encode_dict({"reset_mask": np.array([True, False])})},
    "option without a name": {"options": encode_dict({3: 4})},
}


@pytest.mark.parametrize("fields", VIOLATIONS.values(), ids=list(VIOLATIONS))
def test_a_bad_reset_changes_nothing(wire: Client, fields: dict[str, Any]) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=8)
    assert_refused(lambda: wire.reset(session, **fields), Code.INVALID_ARGUMENT, alive=True)
    assert_untouched(wire, session, number=2, seed=8)


BAD_SEEDS: dict[str, dict[str, Any]] = {
    "big seed that is not the shortest form": {"big_seed": big(2**63) + b"\0"},
    "big seed that fits into int64": {"big_seed": big(2**63 - 1)},
    "big seed of no bytes": {"big_seed": b""},
    "seed of 2^128": {"big_seed": big(2**128)},
    "seed that counts up to 2^128": {"big_seed": big(2**128 - 1)},
    "big seed in the list that fits into int64": {
        "seeds": pb.SeedList(seeds=[pb.OptionalSeed(value=0), pb.OptionalSeed(big_value=big(5))])
    },
    "two seeds in one entry": {
        "seeds": pb.SeedList(seeds=[pb.OptionalSeed(value=0), pb.OptionalSeed(value=0, big_value=big(2**64))])
    },
}


@pytest.mark.parametrize("fields", BAD_SEEDS.values(), ids=list(BAD_SEEDS))
def test_a_bad_big_seed_changes_nothing(wire: Client, fields: dict[str, Any]) -> None:
    needs_seeds(wire)
    session = cartpoles(wire)
    wire.reset(session, seed=8)
    assert_refused(lambda: wire.reset(session, **fields), Code.INVALID_ARGUMENT, alive=True)
    assert_untouched(wire, session, number=2, seed=8)


@pytest.mark.parametrize("mask", [b"\x01", b"\x01\x01\x01", b"\x00\x00", b"\x02\x01"], ids=repr)
def test_a_bad_mask_changes_nothing(wire: Client, mask: bytes) -> None:
    session = cartpoles(wire, pb.AUTORESET_MODE_DISABLED)
    wire.reset(session, seed=8)
    assert_refused(lambda: wire.reset(session, reset_mask=mask), Code.INVALID_ARGUMENT, alive=True)
    assert_untouched(wire, session, number=2, seed=8)


def test_the_first_reset_must_reset_all_environments(wire: Client) -> None:
    session = cartpoles(wire, pb.AUTORESET_MODE_DISABLED)
    assert_refused(lambda: wire.reset(session, reset_mask=b"\x01\x00"), Code.FAILED_PRECONDITION, alive=True)
    assert wire.reset(session, reset_mask=b"\x01\x01").step_number == 1


@pytest.mark.parametrize("number", [2, 17, 2**64 - 1])
def test_a_wrong_step_number_is_refused(wire: Client, number: int) -> None:
    session = cartpoles(wire)
    assert_refused(lambda: wire.reset(session, step_number=number), Code.FAILED_PRECONDITION, alive=True)
    assert wire.reset(session, step_number=1).step_number == 1


@pytest.mark.parametrize("session", ["", "0123456789abcdef"])
def test_an_unknown_session_is_refused(wire: Client, session: str) -> None:
    assert_refused(lambda: wire.reset(session), Code.NOT_FOUND, alive=False)
