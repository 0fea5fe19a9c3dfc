# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Environments in the server and in this process have the same trajectories, bit for bit."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from client import ALL, NONE, Client, flags, observations
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from gymwire.codec import decode_dict, decode_space, decode_value, encode_value
from gymwire.v1 import environment_service_pb2 as pb

STEPS = 60
MODES = {
    AutoresetMode.NEXT_STEP: pb.AUTORESET_MODE_NEXT_STEP,
    AutoresetMode.SAME_STEP: pb.AUTORESET_MODE_SAME_STEP,
    AutoresetMode.DISABLED: pb.AUTORESET_MODE_DISABLED,
}
# The limit of each environment's episodes. The limits are low, so that both kinds of end occur: terminations and
# truncations.
ENVIRONMENTS: dict[str, int | None] = {
    "CartPole-v1": 25,
    "Pendulum-v1": 9,
    "FrozenLake-v1": 7,
    "HalfCheetah-v5": 11,
    "Ant-v5": 13,
}
FINAL_KEYS = ("final_obs", "_final_obs", "final_info", "_final_info")


@pytest.mark.parametrize("infos", [ALL, NONE], ids=["infos", "no-infos"])
@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("mode", list(MODES), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("env_id", list(ENVIRONMENTS))
def test_trajectories_equal_those_of_gymnasium(
    client: Client, env_id: str, mode: AutoresetMode, n: int, infos: pb.InfoSelection
) -> None:
    limit = ENVIRONMENTS[env_id]
    local: Any = SyncVectorEnv([lambda: gymnasium.make(env_id, max_episode_steps=limit)] * n, autoreset_mode=mode)
    stream = client.stream()
    made = stream.ask(
        make=pb.MakeRequest(env_id=env_id, num_envs=n, max_episode_steps=limit, autoreset_mode=MODES[mode], infos=infos)
    )
    assert decode_space(made.observation_space) == local.observation_space
    assert decode_space(made.action_space) == local.action_space
    assert decode_space(made.single_observation_space) == local.single_observation_space
    assert decode_space(made.single_action_space) == local.single_action_space

    seeds = [(7 * i) % 5 for i in range(n)]  # one seed is 0
    reset = stream.ask(
        reset=pb.ResetRequest(
            session_id=made.session_id, seeds=pb.SeedList(seeds=[pb.OptionalSeed(value=seed) for seed in seeds])
        )
    )
    local_obs, local_infos = local.reset(seed=list(seeds))
    assert_same_array(observations(reset), local_obs)
    assert_same_infos(reset, local_infos, infos)

    local.action_space.seed(3)
    ended = np.zeros(n, dtype=np.bool_)
    ends = 0
    for _ in range(STEPS):
        if mode is AutoresetMode.DISABLED and ended.any():
            reset = stream.ask(reset=pb.ResetRequest(session_id=made.session_id, reset_mask=ended.tobytes()))
            local_obs, local_infos = local.reset(options={"reset_mask": ended})
            assert_same_array(observations(reset), local_obs)
            assert_same_infos(reset, local_infos, infos)
        actions = np.asarray(local.action_space.sample())
        step = stream.ask(step=pb.StepRequest(session_id=made.session_id, actions=encode_value(actions)))
        local_obs, rewards, terminated, truncated, local_infos = local.step(actions)
        was_ended, ended = ended, np.logical_or(terminated, truncated)
        ends += int(ended.sum())
        assert_same_array(observations(step), local_obs)
        assert step.rewards == rewards.astype("<f8").tobytes()
        assert flags(step.terminated) == terminated.tolist()
        assert flags(step.truncated) == truncated.tolist()
        expected_mask = {AutoresetMode.NEXT_STEP: was_ended, AutoresetMode.SAME_STEP: ended}.get(mode, ended & False)
        assert flags(step.reset_mask) == expected_mask.tolist()
        assert_same_finals(step, local, local_infos, infos)
        assert_same_infos(step, {k: v for k, v in local_infos.items() if k not in FINAL_KEYS}, infos)
    assert ends >= 2, "fewer than two episodes ended, so the test has seen too few resets"
    stream.ask(close=pb.CloseRequest(session_id=made.session_id))
    stream.close()
    local.close()


def assert_same_array(actual: Any, expected: Any) -> None:
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    assert actual.tobytes() == expected.tobytes()


def assert_same_infos(response: Any, expected: dict[str, Any], infos: pb.InfoSelection) -> None:
    if infos is NONE:
        assert not response.HasField("infos")
    else:
        assert data_equivalence(decode_dict(response.infos), expected, exact=True)


def assert_same_finals(
    step: pb.StepResponse, local: SyncVectorEnv, local_infos: dict[str, Any], infos: pb.InfoSelection
) -> None:
    if "final_obs" not in local_infos:
        assert len(step.finals) == 0
        return
    assert [final.env_index for final in step.finals] == np.flatnonzero(local_infos["_final_obs"]).tolist()
    rebuilt: dict[str, Any] = {}
    for final in step.finals:
        expected = np.asarray(local_infos["final_obs"][final.env_index], dtype=local.single_observation_space.dtype)
        assert_same_array(np.asarray(decode_value(final.observation)), expected)
        if infos is NONE:
            assert not final.HasField("info")
        else:
            rebuilt = local._add_info(rebuilt, {"final_info": decode_dict(final.info)}, final.env_index)
    if infos is not NONE:
        assert data_equivalence(rebuilt["final_info"], local_infos["final_info"], exact=True)


def test_unary_calls_and_stream_give_the_same_responses(client: Client) -> None:
    stream = client.stream()
    results = []
    for call in ("unary", "stream"):
        made = client.make("Pendulum-v1", 2, infos=NONE)
        actions = np.full((2, 1), 0.5, dtype=np.float32)
        if call == "unary":
            first = client.reset(made.session_id, seed=5)
            second = client.step(made.session_id, actions)
        else:
            first = stream.ask(reset=pb.ResetRequest(session_id=made.session_id, seed=5))
            second = stream.ask(step=pb.StepRequest(session_id=made.session_id, actions=encode_value(actions)))
        results.append((first.SerializeToString(), second.SerializeToString()))
    stream.close()
    assert results[0] == results[1]


def test_the_seeds_of_the_environments_count_up_from_the_seed_of_the_reset(client: Client) -> None:
    together = client.make("CartPole-v1", 3)
    rows = observations(client.reset(together.session_id, seed=40))
    for i in range(3):
        alone = client.make("CartPole-v1")
        assert_same_array(observations(client.reset(alone.session_id, seed=40 + i))[0], rows[i])


def test_an_absent_seed_keeps_the_random_generator(client: Client) -> None:
    made = client.make("CartPole-v1")
    first = observations(client.reset(made.session_id, seed=1))
    second = observations(client.reset(made.session_id))
    local = gymnasium.make("CartPole-v1")
    assert_same_array(first[0], local.reset(seed=1)[0])
    assert_same_array(second[0], local.reset()[0])


def test_only_the_named_infos_and_their_masks_are_sent(client: Client) -> None:
    selection = pb.InfoSelection(keys=pb.InfoKeys(names=["x_position", "no_such_key"]))
    made = client.make("HalfCheetah-v5", 2, infos=selection)
    client.reset(made.session_id, seed=0)
    step = client.step(made.session_id, np.zeros((2, 6), dtype=np.float32))
    assert list(decode_dict(step.infos)) == ["x_position", "_x_position"]


def test_kwargs_and_options_reach_the_environment(client: Client) -> None:
    made = client.make("Pendulum-v1", kwargs={"g": 0.0})
    options = {"x_init": 0.5, "y_init": 0.25}
    local = gymnasium.make("Pendulum-v1", g=0.0)
    expected, _ = local.reset(seed=2, options=dict(options))
    reset = client.reset(made.session_id, seed=2, options=encode_value(options).dict)
    assert_same_array(observations(reset)[0], expected)
    step = client.step(made.session_id, np.ones((1, 1), dtype=np.float32))
    assert_same_array(observations(step)[0], local.step(np.ones(1, dtype=np.float32))[0])


def test_the_episode_limit_is_reported_and_can_be_removed(client: Client) -> None:
    assert client.make("CartPole-v1").spec.max_episode_steps == 500
    assert client.make("CartPole-v1", max_episode_steps=7).spec.max_episode_steps == 7
    assert not client.make("CartPole-v1", max_episode_steps=-1).spec.HasField("max_episode_steps")


def test_the_metadata_of_a_session_is_that_of_its_environment(client: Client) -> None:
    assert decode_dict(client.make("CartPole-v1").metadata) == {
        "render_modes": ["human", "rgb_array"],
        "render_fps": 50,
    }
