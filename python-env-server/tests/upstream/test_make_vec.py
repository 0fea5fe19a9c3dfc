# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""These tests are rewritten from Gymnasium's tests/envs/registration/test_make_vec.py and test_make.py. Where
Gymnasium's tests pass Python callables, these tests pass names or leave the case out: a client cannot send a callable
to a server."""

import re
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.error import Error, NameNotFound, NamespaceNotFound, VersionNotFound
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers import TimeAwareObservation

from gymwire.client import RemoteEnv, RemoteVectorEnv

PAGE = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("num_envs", [1, 3])
def test_make_vec_num_envs(address: str, num_envs: int) -> None:
    envs = RemoteVectorEnv("CartPole-v1", num_envs, address=address)
    assert envs.num_envs == num_envs
    assert envs.reset()[0].shape == (num_envs, 4)
    envs.close()


def test_make_vec_vectorization_mode(address: str) -> None:
    with pytest.raises(ValueError, match="vectorization_mode must be one of"):
        RemoteVectorEnv("CartPole-v1", address=address, vectorization_mode="no such")
    with pytest.raises(ValueError, match="no such"):
        RemoteVectorEnv("CartPole-v1", address=address, autoreset_mode="no such")


def test_make_vec_with_spec(address: str) -> None:
    env = RemoteEnv("CartPole-v1", address, max_episode_steps=7, wrappers=["TimeAwareObservation"])
    assert env.spec is not None
    envs: Any = gymnasium.make_vec(env.spec, num_envs=3)
    assert isinstance(envs.unwrapped, RemoteVectorEnv)
    assert envs.observation_space.shape == (3, 5)
    assert envs.spec.max_episode_steps == 7
    env.close()
    envs.close()


def test_make_vec_with_the_spec_of_a_vector_makes_the_same_vector(address: str) -> None:
    envs: Any = RemoteVectorEnv(
        "Odd/Half-v0",
        2,
        address=address,
        autoreset_mode="SameStep",
        vectorization_mode="async",
        max_episode_steps=7,
        wrappers=["FlattenObservation", ("RecordEpisodeStatistics", {"buffer_length": 5})],
    )
    first: Any = gymnasium.make_vec(envs.spec)
    second: Any = gymnasium.make_vec(gymnasium.envs.registration.EnvSpec.from_json(first.spec.to_json()))
    for again in (first, second):
        assert isinstance(again, RemoteVectorEnv)
        assert again.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
        assert again.observation_space.shape == (2, 6)
        assert len(set(again.call("process"))) == 2
        assert again.spec is not None
        assert again.spec.max_episode_steps == 7
        again.close()
    envs.close()


@pytest.mark.parametrize("vector", [None, "gymwire.client:RemoteVectorEnv"])
def test_make_vec_with_a_registered_id_accepts_wrappers_in_the_server(address: str, vector: str | None) -> None:
    kwargs = {"env_id": "CartPole-v1", "address": address, "server_wrappers": ["TimeAwareObservation"]}
    gymnasium.register("Remote/CartPole-v1", "gymwire.client:RemoteEnv", vector_entry_point=vector, kwargs=kwargs)
    try:
        envs = gymnasium.make_vec("Remote/CartPole-v1", num_envs=2)
        assert envs.observation_space.shape == (2, 5)
        envs.close()
    finally:
        del gymnasium.registry["Remote/CartPole-v1"]


@pytest.mark.parametrize("kind", [RemoteEnv, RemoteVectorEnv])
def test_wrappers_in_another_form_are_a_type_error_that_shows_the_form(address: str, kind: Any) -> None:
    form = r'the form "Name" or \("Name", {"argument": value}\); got '
    wrong: list[Any] = [TimeAwareObservation, ("TimeAwareObservation", 1), ("TimeAwareObservation",), 1]
    for each in wrong:
        with pytest.raises(TypeError, match=f"a wrapper must have {form}{re.escape(repr(each))}"):
            kind("CartPole-v1", address=address, wrappers=[each])
    wrong = ["TimeAwareObservation", TimeAwareObservation, {"TimeAwareObservation": {}}]
    for each in wrong:
        with pytest.raises(
            TypeError, match=f"wrappers must be a list whose elements have {form}{re.escape(repr(each))}"
        ):
            kind("CartPole-v1", address=address, wrappers=each)
    with pytest.raises(TypeError, match="are two names of one argument; give only one of them"):
        kind("CartPole-v1", address=address, wrappers=["TimeAwareObservation"], server_wrappers=["FlattenObservation"])


def test_make_vec_wrappers(address: str) -> None:
    """Gymnasium takes callables as wrappers. The client sends the wrappers' names and arguments instead."""
    wrappers: list[Any] = [("RescaleAction", {"min_action": -1.0, "max_action": 1.0}), "FlattenObservation"]
    envs = RemoteVectorEnv("Pendulum-v1", 2, address=address, wrappers=wrappers)
    assert envs.single_action_space.high.tolist() == [1.0]  # type: ignore[attr-defined]
    envs.close()


def test_make_with_kwargs(address: str) -> None:
    env = RemoteEnv("CartPole-v1", address, sutton_barto_reward=True)
    env.reset(seed=0)
    assert env.step(0)[1] == 0.0
    env.close()
    with pytest.raises(TypeError, match="no_such_argument"):
        RemoteEnv("CartPole-v1", address, no_such_argument=1)


def test_make_max_episode_steps(address: str) -> None:
    for asked, expected in ((None, 500), (7, 7), (-1, None)):
        env = RemoteEnv("CartPole-v1", address, max_episode_steps=asked)
        assert env.spec is not None
        assert env.spec.max_episode_steps == expected
        env.close()


@pytest.mark.parametrize(("asked", "length"), [(None, 200), (5, 5), (210, 210), (-1, None)])
def test_gymnasium_sets_the_time_limit_of_an_environment_that_is_registered_as_on_the_page(
    address: str, asked: int | None, length: int | None
) -> None:
    blocks = re.findall("```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = (block for block in blocks if "gymnasium.register" in block)
    names: dict[str, Any] = {}
    try:
        exec(code.replace("127.0.0.1:50051", address), names)
        env = gymnasium.make("Remote/Pendulum-v1", max_episode_steps=asked)
        env.reset(seed=0)
        truncations = (env.step(np.zeros(1, np.float32))[3] for _ in range(211))
        assert next((count for count, truncated in enumerate(truncations, 1) if truncated), None) == length
        env.close()
        names["env"].close()
    finally:
        gymnasium.registry.pop("Remote/Pendulum-v1", None)


@pytest.mark.parametrize(
    ("env_id", "error"),
    [
        ("NoSuchName-v0", NameNotFound),
        ("CartPole-v17", VersionNotFound),
        ("NoSuchSpace/CartPole-v1", NamespaceNotFound),
        ("CartPole-1", Error),
    ],
)
def test_env_name_not_found(address: str, env_id: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=env_id):
        RemoteEnv(env_id, address)


def test_make_vec_autoreset(address: str) -> None:
    for mode in AutoresetMode:
        envs = RemoteVectorEnv("CartPole-v1", 1, address=address, autoreset_mode=mode)
        assert envs.metadata["autoreset_mode"] is mode
        envs.close()
