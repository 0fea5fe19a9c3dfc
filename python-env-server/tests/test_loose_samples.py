# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Observations that are in their space but have other dtypes. Actions of a space with its author's rule, and actions of
a space with big-endian numbers. Infos of an episode's last step that cannot be batched."""

import warnings
from typing import Any

import grpc
import numpy as np
import pytest
from client import Client, ServerProcess, refusal
from gymnasium.vector import AutoresetMode
from loose_envs import Loose

from gymwire.client import RemoteEnv, RemoteVectorEnv
from gymwire.codec import decode_value
from gymwire.v1 import environment_service_pb2 as pb

PLACES = [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC]


def assert_equal(received: Any, expected: Any, batched: bool) -> None:
    if isinstance(expected, dict):
        assert received.keys() == expected.keys()
        for key in expected:
            assert_equal(received[key], expected[key], batched)
    elif isinstance(expected, tuple):
        assert len(received) == len(expected)
        for part, other in zip(received, expected, strict=True):
            assert_equal(part, other, batched)
    else:
        assert type(received) is not bool
        np.testing.assert_array_equal(received, np.stack([expected] * 2) if batched else expected)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("key", ["", *Loose.parts])
def test_an_observation_of_another_dtype_gets_the_dtype_of_its_space(client: Client, key: str, place: Any) -> None:
    made = client.make(
        "Odd/Loose-v0",
        2,
        kwargs={"key": key},
        vectorization=place,
        max_episode_steps=2,
        autoreset_mode=pb.AUTORESET_MODE_SAME_STEP,
    )
    expected = Loose.parts[key][1] if key else {name: value for name, (_, value) in Loose.parts.items()}
    assert_equal(decode_value(client.reset(made.session_id).observations), expected, True)
    action = np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)
    step = client.step(made.session_id, action)
    assert_equal(decode_value(step.observations), expected, True)
    ended = client.step(made.session_id, action)
    for final in ended.finals:
        assert_equal(decode_value(final.observation), expected, False)
    assert len(ended.finals) == 2


def test_the_observation_of_a_single_environment_keeps_its_types(server: ServerProcess) -> None:
    env = RemoteEnv("Odd/Loose-v0", server.address)
    observation, _ = env.reset()
    assert observation["flag"] is True
    assert observation["bits"].dtype == np.float64
    env.close()


@pytest.mark.parametrize("place", PLACES)
def test_an_action_outside_a_space_that_the_author_defines_is_refused(client: Client, place: Any) -> None:
    session = client.make("Odd/Loose-v0", 2, vectorization=place).session_id
    client.reset(session)
    code, detail = refusal(lambda: client.step(session, np.array([[0.0, 1.0], [1.0, 1.0]], np.float32)))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert detail.message.startswith("the action of environment 1 is array([1., 1.], dtype=float32), but must be in")
    client.step(session, np.array([[0.0, 1.0], [1.0, 0.0]], np.float32))


def test_actions_of_a_big_endian_space_arrive_as_they_were_sent(client: Client) -> None:
    session = client.make("Odd/Loose-v0", 2, kwargs={"dtype": ">f4"}).session_id
    client.reset(session)
    step = client.step(session, np.array([[0.25, 0.75], [1.0, 0.0]], np.float32))
    assert np.frombuffer(step.rewards, "<f8").tolist() == [0.25, 1.0]


def test_last_infos_that_cannot_be_batched_are_left_out_with_a_warning(server: ServerProcess) -> None:
    envs = RemoteVectorEnv(
        "Odd/Ragged-v0", 2, address=server.address, max_episode_steps=1, autoreset_mode=AutoresetMode.SAME_STEP
    )
    warned: list[tuple[str, int]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        envs.reset(seed=3)
        envs._session.warn = lambda omitted: warned.extend((each.key, each.env_index) for each in omitted)
        _, rewards, _, truncated, infos = envs.step(np.array([0, 1]))
    # The server left out the first two entries, which are from the first infos of the new episodes. The client left out
    # the other three, which are from the last infos of the ended episodes.
    assert warned == [("huge", 0), ("array", 1), ("huge", 0), ("huge", 1), ("array", 1)]
    assert rewards.tolist() == [1.0, 1.0]
    assert truncated.all()
    assert infos["final_info"]["before"].tolist() == [1, 1]
    assert infos["final_info"]["after"].tolist() == [2.0, 2.0]
    assert "huge" not in infos["final_info"]
    assert infos["final_info"]["_array"].tolist() == [True, False]
    assert infos["final_obs"].tolist() == [1, 1]
    envs.close()
