# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Clients choose Gymnasium's wrappers by name, and get the specs of the wrapped environments."""

import sys
from typing import Any

import grpc
import gymnasium
import numpy as np
import pytest
from client import Client, refusal, some_actions
from gymnasium import wrappers
from gymnasium.utils.env_checker import data_equivalence
from gymnasium_at_hand import TAXI

from gymwire.codec import decode_dict, decode_space, decode_value, encode_dict
from gymwire.server.errors import MissingDependencyError
from gymwire.server.masks import ActionMaskObservation
from gymwire.server.wrappers import NamedWrapper, wrap
from gymwire.v1 import environment_service_pb2 as pb

Code = grpc.StatusCode


def named(name: str, **kwargs: Any) -> pb.WrapperSpec:
    """Returns the message for a wrapper."""
    return pb.WrapperSpec(name=name, kwargs=encode_dict(kwargs))


# The Box that RescaleAction makes warns that its float64 bounds are cast to float32.
@pytest.mark.filterwarnings("ignore:.*precision lowered")
@pytest.mark.parametrize("vectorization", [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC])
@pytest.mark.parametrize(
    ("env_id", "chain"),
    [
        ("CartPole-v1", [("TimeAwareObservation", {}), ("RecordEpisodeStatistics", {})]),
        (
            "Pendulum-v1",
            [("RescaleAction", {"min_action": -1.0, "max_action": 1.0}), ("ClipReward", {"min_reward": -1})],
        ),
        ("CartPole-v1", [("FrameStackObservation", {"stack_size": 3}), ("FlattenObservation", {})]),
        (TAXI, [("DtypeObservation", {"dtype": "float32"})]),
        ("HalfCheetah-v5", [("NormalizeObservation", {}), ("NormalizeReward", {"gamma": 0.9})]),
        ("CartPole-v1", [("TimeLimit", {"max_episode_steps": 2})]),
    ],
    ids=lambda case: "-".join(name for name, _ in case) if isinstance(case, list) else None,
)
def test_environments_with_wrappers_give_the_same_results_as_local_environments(
    client: Client, env_id: str, chain: list[tuple[str, dict[str, Any]]], vectorization: pb.Vectorization
) -> None:
    made = client.make(
        env_id,
        autoreset_mode=pb.AUTORESET_MODE_DISABLED,
        vectorization=vectorization,
        env_outputs=True,
        wrappers=[named(name, **kwargs) for name, kwargs in chain],
    )
    env: gymnasium.Env[Any, Any] = gymnasium.make(env_id, disable_env_checker=True)
    for name, kwargs in chain:
        kwargs = {key: np.float32 if value == "float32" else value for key, value in kwargs.items()}
        env = getattr(wrappers, name)(env, **kwargs)
    assert decode_space(made.single_observation_space) == env.observation_space
    assert decode_space(made.single_action_space) == env.action_space
    output = client.reset(made.session_id, seed=4).env_outputs[0]
    assert data_equivalence((decode_value(output.observation), decode_dict(output.info)), env.reset(seed=4), exact=True)
    assert env.spec is not None
    additional = decode_dict(made.full_spec)["additional_wrappers"]
    assert [wrapper["name"] for wrapper in additional] == [each.name for each in env.spec.additional_wrappers]
    for _ in range(2):
        actions = some_actions(made)
        response = client.step(made.session_id, actions)
        observation, reward, terminated, truncated, info = env.step(actions[0])
        output = response.env_outputs[0]
        # RecordEpisodeStatistics measures times, which differ between the two environments.
        actual, expected = decode_dict(output.info), dict(info)
        for each in (actual, expected):
            each.get("episode", {}).pop("t", None)
        assert data_equivalence(
            (decode_value(output.observation), decode_value(output.reward), actual),
            (observation, reward, expected),
            exact=True,
        )
        assert (response.terminated[0], response.truncated[0]) == (terminated, truncated)


@pytest.mark.parametrize(
    ("wrapper", "code", "words"),
    [
        (named("RecordVideo", video_folder="v"), Code.PERMISSION_DENIED, "--allow-files"),
        (named("TransformReward", func="abs"), Code.INVALID_ARGUMENT, "it takes a function"),
        (named("NumpyToTorch"), Code.INVALID_ARGUMENT, "another library"),
        (named("Autoreset"), Code.INVALID_ARGUMENT, "autoreset_mode"),
        (named("FlatenObservation"), Code.INVALID_ARGUMENT, "did you mean FlattenObservation"),
        (named("vector"), Code.INVALID_ARGUMENT, "no wrapper 'vector'"),
        (named("__getattr__"), Code.INVALID_ARGUMENT, "the known wrappers: ActionMaskObservation"),
        (named(""), Code.INVALID_ARGUMENT, "no wrapper ''"),
        (named("TimeLimit"), Code.INVALID_ARGUMENT, "max_episode_steps"),
        (named("TimeLimit", max_episode_steps=-3), Code.INVALID_ARGUMENT, "-3"),
        (named("FrameStackObservation", stack_size="three"), Code.INVALID_ARGUMENT, "refuses this environment or"),
        (named("FlattenObservation", some_file="x"), Code.PERMISSION_DENIED, "some_file"),
        (named("RescaleAction", min_action=-1.0, max_action=1.0), Code.INVALID_ARGUMENT, "RescaleAction"),
        (pb.WrapperSpec(name="ClipReward", kwargs=encode_dict({1: 2})), Code.INVALID_ARGUMENT, "must be strings"),
    ],
    ids=lambda case: case.name or "empty" if isinstance(case, pb.WrapperSpec) else None,
)
@pytest.mark.parametrize("vectorization", [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC])
def test_wrappers_that_cannot_be_used_are_refused(
    client: Client, wrapper: pb.WrapperSpec, code: grpc.StatusCode, words: str, vectorization: pb.Vectorization
) -> None:
    actual, detail = refusal(lambda: client.make("CartPole-v1", wrappers=[wrapper], vectorization=vectorization))
    assert actual is code
    assert words in detail.message


@pytest.mark.filterwarnings("ignore:.*precision lowered")
@pytest.mark.parametrize(
    ("env_id", "name", "sent", "local"),
    [
        ("CartPole-v1", "ReshapeObservation", {"shape": [2, 2]}, {"shape": (2, 2)}),
        (
            "CartPole-v1",
            "StickyAction",
            {"repeat_action_probability": 0.5, "repeat_action_duration": [2, 4]},
            {"repeat_action_probability": 0.5, "repeat_action_duration": (2, 4)},
        ),
        (
            "Reacher-v5",
            "RescaleAction",
            {"min_action": [-0.1, -2], "max_action": 3},
            {"min_action": np.array([-0.1, -2], np.float32), "max_action": 3},
        ),
        (
            "Pendulum-v1",
            "RescaleObservation",
            {"min_obs": [0, 0, -0.3], "max_obs": [1, 1, 0.3]},
            {"min_obs": np.array([0, 0, -0.3], np.float32), "max_obs": np.array([1, 1, 0.3], np.float32)},
        ),
        (
            "Pendulum-v1",
            "ClipReward",
            {"min_reward": [-1.5], "max_reward": [0.5]},
            {"min_reward": np.array([-1.5]), "max_reward": np.array([0.5])},
        ),
    ],
)
def test_lists_become_the_tuples_and_arrays_that_a_wrapper_needs(
    env_id: str, name: str, sent: dict[str, Any], local: dict[str, Any]
) -> None:
    actual = wrap(gymnasium.make(env_id, disable_env_checker=True), NamedWrapper(name, sent))
    expected = getattr(wrappers, name)(gymnasium.make(env_id, disable_env_checker=True), **local)
    assert (actual.observation_space, actual.action_space) == (expected.observation_space, expected.action_space)
    assert data_equivalence(actual.reset(seed=3), expected.reset(seed=3), exact=True)
    actual.action_space.seed(0)
    for _ in range(5):
        action = actual.action_space.sample()
        assert data_equivalence(actual.step(action), expected.step(action), exact=True)


def test_a_list_with_a_shape_that_does_not_fit_is_shown_in_the_error(client: Client) -> None:
    code, detail = refusal(lambda: client.make("CartPole-v1", wrappers=[named("ReshapeObservation", shape=[3, 2])]))
    assert code is Code.INVALID_ARGUMENT
    assert "ReshapeObservation refuses this environment or the arguments {'shape': [3, 2]}" in detail.message


class Picture(gymnasium.Env[Any, Any]):
    """Its observations are pictures."""

    observation_space = gymnasium.spaces.Box(0, 255, (8, 8, 3), np.uint8)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        return np.zeros((8, 8, 3), np.uint8), {}


def test_pictures_are_resized_to_a_shape_that_was_sent_as_a_list() -> None:
    pytest.importorskip("cv2")
    env = wrap(Picture(), NamedWrapper("ResizeObservation", {"shape": [4, 2]}))
    assert env.reset()[0].shape == (4, 2, 3)


def test_the_error_for_a_missing_package_of_a_wrapper_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(MissingDependencyError) as failure:
        wrap(Picture(), NamedWrapper("ResizeObservation", {"shape": [4, 2]}))
    assert f'{sys.executable} -m pip install "opencv-python-headless"' in str(failure.value)


def test_the_client_gets_the_whole_specification(client: Client) -> None:
    spec = decode_dict(client.make("Hopper-v5", kwargs={"ctrl_cost_weight": 0.5}, max_episode_steps=9).full_spec)
    local = gymnasium.make("Hopper-v5", ctrl_cost_weight=0.5, max_episode_steps=9, disable_env_checker=True).spec
    assert local is not None
    assert spec.pop("additional_wrappers") == ()
    for key, value in spec.items():
        assert value == getattr(local, key), key
    assert spec["entry_point"] == "gymnasium.envs.mujoco.hopper_v5:HopperEnv"
    assert spec["kwargs"] == {"ctrl_cost_weight": 0.5}
    assert decode_dict(client.make("Odd/Lambda-v0").full_spec)["entry_point"] == "odd_envs:<lambda>"


def test_a_mask_of_the_info_becomes_a_part_of_the_observation(client: Client) -> None:
    made = client.make(TAXI, wrappers=[named("ActionMaskObservation", key="action_mask")])
    assert decode_space(made.single_observation_space) == gymnasium.spaces.Dict(
        {"action_mask": gymnasium.spaces.MultiBinary(6), "observation": gymnasium.spaces.Discrete(500)}
    )
    local = gymnasium.make(TAXI)
    observation, info = local.reset(seed=3)
    remote = decode_value(client.reset(made.session_id, seed=3).observations)
    for _ in range(50):
        assert data_equivalence(remote["action_mask"][0], info["action_mask"])
        assert remote["observation"][0] == observation
        action = int(np.flatnonzero(info["action_mask"])[-1])
        observation, *_, info = local.step(action)
        remote = decode_value(client.step(made.session_id, np.array([action])).observations)


@pytest.mark.parametrize(
    ("env_id", "kwargs", "words"),
    [
        ("Pendulum-v1", {}, "masks are for Discrete and MultiDiscrete actions"),
        ("CartPole-v1", {"keys": "mask"}, "unexpected keyword argument"),
    ],
)
def test_an_unusable_mask_wrapper_is_refused(client: Client, env_id: str, kwargs: dict[str, Any], words: str) -> None:
    code, detail = refusal(lambda: client.make(env_id, wrappers=[named("ActionMaskObservation", **kwargs)]))
    assert code is Code.INVALID_ARGUMENT
    assert words in detail.message


@pytest.mark.parametrize(
    "mask",
    [[0.7, 1], [float("nan"), 1], [2, 1], [1], "11", None, [[1], [1, 1]], (np.array([1]), None)],
    ids=str,
)
def test_an_invalid_mask_is_an_error(mask: Any) -> None:
    env = ActionMaskObservation(gymnasium.make("CartPole-v1"))
    with pytest.raises(ValueError, match="must be 2 numbers, each 0 or 1; got"):
        env._to_array(mask)


@pytest.mark.parametrize("mask", [[0, 1], [0.0, 1.0], np.array([False, True]), (np.array([0]), np.array([1]))], ids=str)
def test_a_mask_of_zeros_and_ones_may_have_any_type_of_number(mask: Any) -> None:
    array = ActionMaskObservation(gymnasium.make("CartPole-v1"))._to_array(mask)
    assert array.dtype == np.int8
    assert array.tolist() == [0, 1]
