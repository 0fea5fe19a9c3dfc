# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""For every space, the server's results have the same values as the results of Gymnasium in this process. They also
have the same types, apart from single numbers. Environments in separate processes give the same results."""

from typing import Any

import gymnasium
import numpy as np
import odd_envs
import pytest
from client import ALL, NONE, Client, flags, make_request
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from gymwire.codec import decode_dict, decode_sample, decode_space, decode_value, encode_sample
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

STEPS = 25
N = 3
MODES = {
    AutoresetMode.NEXT_STEP: pb.AUTORESET_MODE_NEXT_STEP,
    AutoresetMode.SAME_STEP: pb.AUTORESET_MODE_SAME_STEP,
    AutoresetMode.DISABLED: pb.AUTORESET_MODE_DISABLED,
}
FINAL_KEYS = ("final_obs", "_final_obs", "final_info", "_final_info")


def play(client: Client, env_id: str, **fields: Any) -> tuple[pb.MakeResponse, list[Any]]:
    """Steps a session with fixed seeds; returns the response to Make, and all responses to Reset and Step."""
    stream = client.stream()
    made = stream.ask(make=make_request(env_id, N, **fields))
    assert isinstance(made, pb.MakeResponse), made
    space = decode_space(made.action_space)
    space.seed(5)
    responses = [stream.ask(reset=pb.ResetRequest(session_id=made.session_id, seed=11))]
    ended = np.zeros(N, dtype=np.bool_)
    for _ in range(STEPS):
        if made.autoreset_mode == pb.AUTORESET_MODE_DISABLED and ended.any():
            # If the options contain only a mask, Gymnasium's vector environments give empty options to the environment.
            # So this request has empty options too.
            masked = pb.ResetRequest(session_id=made.session_id, reset_mask=ended.tobytes(), options=value_pb2.Dict())
            responses.append(stream.ask(reset=masked))
        actions = encode_sample(space, space.sample())
        step = stream.ask(step=pb.StepRequest(session_id=made.session_id, actions=actions))
        assert isinstance(step, pb.StepResponse), step
        ended = np.array(flags(step.terminated)) | np.array(flags(step.truncated))
        responses.append(step)
    stream.ask(close=pb.CloseRequest(session_id=made.session_id))
    stream.close()
    return made, responses


def test_observations_of_a_custom_space_arrive_unchanged(client: Client) -> None:
    made = client.make("Odd/AuthorSpaced-v0", num_envs=N)
    space: Any = decode_space(made.single_observation_space)
    assert {key: inner.author_class for key, inner in space.spaces.items()} == {
        "mission": "odd_envs.Mission",
        "angles": "odd_envs.Angles",
    }
    local: Any = SyncVectorEnv([lambda: gymnasium.make("Odd/AuthorSpaced-v0", disable_env_checker=True)] * N)
    sent = client.reset(made.session_id, seed=3).observations
    assert_equal(decode_sample(decode_space(made.observation_space), sent), local.reset(seed=3)[0])


@pytest.mark.parametrize("mode", list(MODES), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("name", list(odd_envs.SPACES))
def test_every_space_gives_the_same_results_as_gymnasium(client: Client, name: str, mode: AutoresetMode) -> None:
    env_id = f"Odd/{name}-v0"
    made, responses = play(client, env_id, autoreset_mode=MODES[mode])
    local: Any = SyncVectorEnv([lambda: gymnasium.make(env_id, disable_env_checker=True)] * N, autoreset_mode=mode)
    assert decode_space(made.observation_space) == local.observation_space
    assert decode_space(made.action_space) == local.action_space
    space = decode_space(made.action_space)
    space.seed(5)
    expected: list[tuple[Any, ...]] = [local.reset(seed=11)]
    ended = np.zeros(N, dtype=np.bool_)
    for _ in range(STEPS):
        if mode is AutoresetMode.DISABLED and ended.any():
            expected.append(local.reset(options={"reset_mask": ended}))
        expected.append(local.step(space.sample()))
        ended = np.logical_or(*expected[-1][2:4])
    finals = 0
    for response, local_response in zip(responses, expected, strict=True):
        infos = local_response[-1]
        assert_equal(decode_value(response.observations), local_response[0])
        assert_equal(decode_dict(response.infos), {key: infos[key] for key in infos if key not in FINAL_KEYS})
        if isinstance(response, pb.StepResponse):
            assert response.rewards == local_response[1].tobytes()
            assert flags(response.terminated) == local_response[2].tolist()
            assert flags(response.truncated) == local_response[3].tolist()
            assert [final.env_index for final in response.finals] == np.flatnonzero(
                infos.get("_final_obs", [])
            ).tolist()
            rebuilt: dict[str, Any] = {}
            for final in response.finals:
                finals += 1
                assert_equal(
                    np.asarray(decode_value(final.observation), dtype=object).tolist(),
                    np.asarray(infos["final_obs"][final.env_index], dtype=object).tolist(),
                )
                rebuilt = local._add_info(rebuilt, {"final_info": decode_dict(final.info)}, final.env_index)
            assert_equal(rebuilt.get("final_info"), infos.get("final_info"))
    assert finals > 3 or mode is not AutoresetMode.SAME_STEP
    local.close()


def assert_equal(actual: Any, expected: Any) -> None:
    assert data_equivalence(actual, expected, exact=True), f"{actual!r} is not {expected!r}"


@pytest.mark.parametrize("mode", list(MODES), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize(
    ("env_id", "kwargs"),
    [
        ("Odd/Mixture-v0", {}),
        ("Odd/Half-v0", {"mode_of_reward": "array"}),
        ("Odd/Net-v0", {"mode_of_reward": "int"}),
        ("HalfCheetah-v5", {}),
    ],
)
def test_sync_and_async_vectorization_give_the_same_bytes(
    client: Client, env_id: str, kwargs: dict[str, Any], mode: AutoresetMode
) -> None:
    fields: dict[str, Any] = {
        "kwargs": kwargs,
        "autoreset_mode": MODES[mode],
        "env_outputs": True,
        "max_episode_steps": 6,
    }
    made, expected = play(client, env_id, **fields)
    own, responses = play(client, env_id, vectorization=pb.VECTORIZATION_ASYNC, **fields)
    assert made.vectorization == pb.VECTORIZATION_SYNC
    assert own.vectorization == pb.VECTORIZATION_ASYNC
    assert own.autoreset_mode == made.autoreset_mode == MODES[mode]
    for name in ("spec", "full_spec", "metadata", "single_observation_space", "action_space"):
        assert getattr(own, name) == getattr(made, name)
    assert [response.SerializeToString() for response in responses] == [each.SerializeToString() for each in expected]


@pytest.mark.parametrize("reward", ["float", "int", "array", "numpy"])
def test_outputs_are_what_the_environment_returned(client: Client, reward: str) -> None:
    _, responses = play(
        client,
        "Odd/Number-v0",
        kwargs={"mode_of_reward": reward},
        env_outputs=True,
        autoreset_mode=MODES[AutoresetMode.DISABLED],
    )
    for i in range(N):
        env = gymnasium.make("Odd/Number-v0", mode_of_reward=reward, disable_env_checker=True)
        observation, info = env.reset(seed=11 + i)
        space = gymnasium.vector.utils.batch_space(env.action_space, N)
        space.seed(5)
        for response in responses:
            output = response.env_outputs[i]
            if isinstance(response, pb.ResetResponse) and response is not responses[0]:
                if not output.HasField("observation"):
                    assert output == pb.EnvOutput()
                    continue
                observation, info = env.reset(options={})
            if isinstance(response, pb.StepResponse):
                observation, given, _, _, info = env.step(space.sample()[i])
                assert_equal(decode_value(output.reward), given)
            else:
                assert not output.HasField("reward")
            assert_equal(decode_value(output.observation), observation)
            assert_equal(decode_dict(output.info), info)


def test_final_observations_keep_their_type_only_if_the_client_asks_for_outputs(client: Client) -> None:
    _, responses = play(client, "FrozenLake-v1", env_outputs=True, max_episode_steps=3)
    finals = [final for step in responses[1:] for final in step.finals]
    assert finals
    assert all(type(decode_value(final.observation)) is int for final in finals)
    _, responses = play(client, "FrozenLake-v1", max_episode_steps=3, infos=NONE)
    assert type(decode_value(responses[3].finals[0].observation)) is np.int64
    assert not responses[3].env_outputs


def test_last_observations_have_the_order_and_dtypes_of_the_space(client: Client) -> None:
    # Each step ends the episodes and begins new ones. The server itself converts the last observations of the ended
    # episodes. Gymnasium makes the batch of the new episodes' first observations. Both must have the same order of
    # keys. The arrays a and b must have the same dtype and the same shape, apart from the first axis of the batch. The
    # Discrete part c is not compared: it is an int in the last observations, and an array in the batch.
    _, responses = play(client, "Odd/Disordered-v0", infos=NONE)
    batch = decode_value(responses[1].observations)
    final = decode_value(responses[1].finals[0].observation)
    assert list(final) == list(batch) == ["a", "b", "c"]
    for key in ("a", "b"):
        assert (final[key].dtype, final[key].shape) == (batch[key].dtype, batch[key].shape[1:])
    assert (final["a"].tolist(), float(final["b"]), int(final["c"])) == ([0.5, 0.75], 6.0, 2)


def test_the_outputs_contain_infos_only_if_the_client_asks_for_infos(client: Client) -> None:
    _, responses = play(client, "Odd/Number-v0", env_outputs=True, infos=NONE)
    assert not any(output.HasField("info") for response in responses for output in response.env_outputs)
    _, responses = play(client, "Odd/Number-v0", env_outputs=True, infos=ALL)
    assert all(output.HasField("info") for response in responses for output in response.env_outputs)


def test_a_reset_replaces_the_pending_automatic_reset_and_no_action_is_ignored(client: Client) -> None:
    for vectorization in (pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC):
        made = client.make(
            "CartPole-v1",
            2,
            max_episode_steps=1,
            vectorization=vectorization,
            autoreset_mode=pb.AUTORESET_MODE_NEXT_STEP,
        )
        client.reset(made.session_id, seed=0)
        assert flags(client.step(made.session_id, np.array([0, 1])).truncated) == [True, True]
        client.reset(made.session_id)
        step = client.step(made.session_id, np.array([0, 1]))
        assert flags(step.reset_mask) == [False, False]
        assert np.frombuffer(step.rewards).tolist() == [1.0, 1.0]
