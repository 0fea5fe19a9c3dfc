# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A response lacks only the infos that cannot be sent, and names their keys. The session goes on. But an
observation or a reward with missing values (masked with numpy.ma) is an error, and the session is lost."""

import warnings
from typing import Any

import numpy as np
import pytest
from client import NONE, Client, ServerProcess, flags, observations, refusal
from odd_values import plain_values, strange_values

from gymwire.client import RemoteEnv
from gymwire.codec import decode_dict, decode_value
from gymwire.server.infos import split_info
from gymwire.v1 import environment_service_pb2 as pb

PUSH = np.array([0, 1])
# The keys of the strange values as the client receives them: half a surrogate pair becomes a question mark.
STRANGE = {key.encode(errors="replace").decode() for key in strange_values()}
# The plain values as the client receives them.
PLAIN = {"level": 3, "pair": (1, "two"), "ordered": {"a": 1}, "default": {"a": 1}, "string": "word", "bytes": b"\x00"}

MODES = [pb.AUTORESET_MODE_NEXT_STEP, pb.AUTORESET_MODE_SAME_STEP, pb.AUTORESET_MODE_DISABLED]
PLACES = [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC]


def make(client: Client, when: str, mode: Any, place: Any, **fields: Any) -> str:
    fields = {"kwargs": {"when": when}, **fields}
    return client.make("Odd/Strange-v0", 2, autoreset_mode=mode, vectorization=place, **fields).session_id


def omitted(response: Any) -> set[str]:
    for each in response.omitted_infos:
        assert "cannot be sent" in each.reason or "must be" in each.reason or "not Unicode" in each.reason, each
        assert each.env_index == 0
    keys = [each.key for each in response.omitted_infos]
    assert len(keys) == len(set(keys))
    return set(keys)


def assert_plain(info: dict[Any, Any], count: int) -> None:
    assert info == {"count": count, **PLAIN}


def assert_vector_info(infos: dict[str, Any], counts: list[int]) -> None:
    assert {key for key in infos if not key.startswith("_")} == {"count", *plain_values()}
    assert infos["count"].tolist() == counts
    assert infos["pair"].tolist() == [(1, "two")] * 2
    assert infos["default"]["a"].tolist() == [1, 1]


def test_an_array_is_omitted_if_a_batch_of_it_has_too_many_axes() -> None:
    most, more = np.zeros((1,) * 31), np.zeros((1,) * 32)
    received, reasons = split_info({"most": most, "more": more, "inner": {"most": most, "more": more}})
    assert set(received) == {"most"}
    assert set(reasons) == {"more", "inner"}


@pytest.mark.parametrize("outputs", [False, True])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode", MODES)
def test_a_step_lacks_only_the_infos_that_cannot_be_sent(client: Client, mode: Any, place: Any, outputs: bool) -> None:
    session = make(client, "step", mode, place, env_outputs=outputs)
    reset = client.reset(session)
    assert omitted(reset) == set()
    assert_vector_info(decode_dict(reset.infos), [0, 0])
    for count in (1, 2):
        step = client.step(session, PUSH)
        assert omitted(step) == STRANGE
        assert observations(step).tolist() == [count, count]
        assert np.frombuffer(step.rewards).tolist() == [count, count]
        assert_vector_info(decode_dict(step.infos), [count, count])
        for output in step.env_outputs:
            assert_plain(decode_dict(output.info), count)
    ended = client.step(session, PUSH)
    assert omitted(ended) == set()
    assert flags(ended.terminated) == [True, True]


@pytest.mark.parametrize("outputs", [False, True])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode", MODES)
def test_a_reset_lacks_only_the_infos_that_cannot_be_sent(client: Client, mode: Any, place: Any, outputs: bool) -> None:
    session = make(client, "reset", mode, place, env_outputs=outputs)
    reset = client.reset(session)
    assert omitted(reset) == STRANGE
    assert observations(reset).tolist() == [0, 0]
    assert_vector_info(decode_dict(reset.infos), [0, 0])
    for output in reset.env_outputs:
        assert_plain(decode_dict(output.info), 0)
    for _ in range(2):
        assert omitted(client.step(session, PUSH)) == set()
    # In SAME_STEP mode, the reset of an ended environment is part of the step.
    ended = client.step(session, PUSH)
    assert omitted(ended) == (STRANGE if mode == pb.AUTORESET_MODE_SAME_STEP else set())
    if mode == pb.AUTORESET_MODE_NEXT_STEP:
        assert omitted(client.step(session, PUSH)) == STRANGE


@pytest.mark.parametrize("outputs", [False, True])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode", MODES)
def test_the_end_of_an_episode_lacks_only_the_infos_that_cannot_be_sent(
    client: Client, mode: Any, place: Any, outputs: bool
) -> None:
    session = make(client, "end", mode, place, env_outputs=outputs)
    client.reset(session)
    for _ in range(2):
        assert omitted(client.step(session, PUSH)) == set()
    ended = client.step(session, PUSH)
    assert omitted(ended) == STRANGE
    assert flags(ended.terminated) == [True, True]
    assert np.frombuffer(ended.rewards).tolist() == [3, 3]
    if mode == pb.AUTORESET_MODE_SAME_STEP:
        assert [decode_value(final.observation) for final in ended.finals] == [3, 3]
        for final in ended.finals:
            assert_plain(decode_dict(final.info), 3)
        assert observations(ended).tolist() == [0, 0]
        assert_vector_info(decode_dict(ended.infos), [0, 0])
    else:
        assert_vector_info(decode_dict(ended.infos), [3, 3])
    client.reset(session)
    assert observations(client.step(session, PUSH)).tolist() == [1, 1]


# One key is not Unicode, so the arguments of Make cannot contain it. Other tests cover this key.
@pytest.mark.parametrize("key", [key for key in strange_values() if key.isascii()])
def test_each_kind_of_strange_info_is_named(client: Client, key: str) -> None:
    kwargs = {"when": "step", "only": key}
    session = make(client, "step", pb.AUTORESET_MODE_SAME_STEP, pb.VECTORIZATION_SYNC, kwargs=kwargs)
    client.reset(session)
    step = client.step(session, PUSH)
    assert omitted(step) == {key}
    assert_vector_info(decode_dict(step.infos), [1, 1])


@pytest.mark.parametrize("place", PLACES)
def test_infos_with_keys_that_cannot_be_sent_are_left_out(client: Client, place: Any) -> None:
    kwargs = {"when": "step", "only": "keys"}
    session = make(client, "step", pb.AUTORESET_MODE_SAME_STEP, place, kwargs=kwargs)
    client.reset(session)
    step = client.step(session, PUSH)
    # An object that cannot be printed is described by its address in memory.
    keys = {each.key.split(" instance")[0] for each in step.omitted_infos}
    assert keys == {"1.5", "<Colour.RED: 1>", "<Unprintable", "None"}
    infos = decode_dict(step.infos)
    assert infos[3].tolist() == ["three", "three"]
    assert infos[(1, "a")].tolist() == [2, 2]


@pytest.mark.parametrize("place", PLACES)
def test_infos_that_cannot_be_batched_are_left_out(client: Client, place: Any) -> None:
    session = client.make("Odd/Ragged-v0", 2, vectorization=place).session_id
    for response in (client.reset(session, seed=3), client.step(session, PUSH)):
        assert {each.key: each.env_index for each in response.omitted_infos} == {"huge": 0, "array": 1}
        assert all(each.reason.startswith("Gymnasium cannot put the value") for each in response.omitted_infos)
        infos = decode_dict(response.infos)
        assert infos["before"].tolist() == [1, 1]
        assert infos["after"].tolist() == [2.0, 2.0]
        assert "huge" not in infos
        assert infos["_array"].tolist() == [True, False]


def test_an_info_of_a_single_environment_can_be_an_integer_of_more_than_64_bits(server: ServerProcess) -> None:
    env = RemoteEnv("Odd/Ragged-v0", server.address)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, info = env.reset(seed=3)
    assert info["huge"] == 2**70
    env.close()


@pytest.mark.parametrize("place", PLACES)
def test_infos_that_were_not_chosen_are_neither_sent_nor_named(client: Client, place: Any) -> None:
    named = pb.InfoSelection(keys=pb.InfoKeys(names=["count"]))
    for choice, keys in ((NONE, set()), (named, {"count", "_count"})):
        session = make(client, "step", pb.AUTORESET_MODE_SAME_STEP, place, infos=choice)
        client.reset(session)
        step = client.step(session, PUSH)
        assert omitted(step) == set()
        assert set(decode_dict(step.infos)) == keys


def test_a_chosen_info_that_cannot_be_sent_is_named(client: Client) -> None:
    named = pb.InfoSelection(keys=pb.InfoKeys(names=["count", "enum"]))
    session = make(client, "step", pb.AUTORESET_MODE_SAME_STEP, pb.VECTORIZATION_SYNC, infos=named)
    client.reset(session)
    step = client.step(session, PUSH)
    assert omitted(step) == {"enum"}
    assert "Colour cannot be sent: <Colour.RED: 1>" in step.omitted_infos[0].reason


def test_the_answer_to_a_repeated_request_names_the_same_omitted_infos(client: Client) -> None:
    session = make(client, "step", pb.AUTORESET_MODE_SAME_STEP, pb.VECTORIZATION_SYNC)
    client.reset(session)
    first = client.step(session, PUSH, step_number=2)
    assert client.step(session, PUSH, step_number=2) == first
    assert omitted(first) == STRANGE


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("observation", "masked elements cannot be sent"),
        ("dict", "masked elements cannot be sent"),
        ("end", "masked elements cannot be sent"),
        ("reward", "masked reward"),
    ],
)
def test_a_masked_observation_or_reward_is_an_error(client: Client, part: str, words: str, place: Any) -> None:
    session = client.make("Odd/Masked-v0", 2, kwargs={"part": part}, infos=NONE, vectorization=place).session_id
    client.reset(session)
    _, detail = refusal(lambda: client.step(session, PUSH))
    assert words in detail.message
    assert not detail.session_alive
