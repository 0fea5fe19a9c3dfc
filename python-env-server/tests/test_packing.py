# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The server has a faster path for observations, rewards and flags of ordinary types. For values of all types that
the server can send, it must return the same as Gymnasium's vector environments."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from gymwire.codec import decode_array
from gymwire.server.batches import ObservationWriter
from gymwire.server.env_host import ResponseFields
from gymwire.server.recipe import EnvRecipe
from gymwire.server.worker import SyncWorker
from gymwire.v1 import value_pb2

N = 3
ENV_ID = "Packing/Answers-v0"


class Answers(gymnasium.Env[Any, Any]):
    """Returns the same observation, reward and flags from every step, and the same observation from a reset."""

    action_space = spaces.Discrete(2)

    def __init__(self, observation: Any, reward: Any, terminated: Any, truncated: Any) -> None:
        # Each environment has its own metadata dict: vector environments of Gymnasium before 1.4 write into this dict.
        self.metadata = {"render_modes": []}
        self.observation_space = spaces.Box(-9.0, 9.0, (2, 3), np.float32)
        self._observation, self._reward, self._flags = observation, reward, (terminated, truncated)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        return self._observation, {}

    def step(self, action: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        return self._observation, self._reward, *self._flags, {}


gymnasium.register(ENV_ID, lambda **kwargs: Answers(**kwargs), order_enforce=False)

_OBSERVATION = np.arange(6, dtype=np.float32).reshape(2, 3)
_OBSERVATIONS = {
    "ordinary": _OBSERVATION,
    "column order": np.asfortranarray(_OBSERVATION),
    "strided": np.zeros((2, 6), np.float32)[:, ::2],
    "another dtype": _OBSERVATION.astype(np.float64),
    "big-endian": _OBSERVATION.astype(">f4"),
    "integers": _OBSERVATION.astype(np.int16),
    "a list": _OBSERVATION.tolist(),
    "a subclass": np.ma.masked_array(_OBSERVATION),
}
_REWARDS = [1.0, 3, True, np.float32(0.1), np.int8(-4), np.array(0.5), np.float64("nan"), -0.0, None]
_FLAGS = [True, False, 0, 2, np.True_, np.False_, np.array(True), None, 0.5]


def _assert_equals_gymnasium(observation: Any, reward: Any, terminated: Any, truncated: Any) -> None:
    kwargs = {"observation": observation, "reward": reward, "terminated": terminated, "truncated": truncated}
    recipe = EnvRecipe(gymnasium.spec(ENV_ID), kwargs, None, None, ())
    worker = SyncWorker(recipe, N, AutoresetMode.NEXT_STEP, ResponseFields((), False))
    local: Any = SyncVectorEnv(
        [lambda: gymnasium.make(ENV_ID, disable_env_checker=True, **kwargs)] * N, autoreset_mode=AutoresetMode.NEXT_STEP
    )
    worker.reset_envs([None] * N, np.ones(N, np.bool_), None)
    local.reset()
    actions = np.zeros(N, np.int64)
    ours, (batch, rewards, *flags, _) = worker.step_envs(actions), local.step(actions)
    assert [ours.rewards, ours.terminated, ours.truncated] == [rewards.tobytes(), *(each.tobytes() for each in flags)]
    message = value_pb2.Value()
    ObservationWriter(worker).write(message)
    array = decode_array(message.array)
    assert (array.dtype, array.shape, array.tobytes()) == (batch.dtype, batch.shape, batch.tobytes())
    assert worker.ended.tolist() == np.logical_or(*flags).tolist()


@pytest.mark.parametrize("kind", list(_OBSERVATIONS))
def test_observations_of_any_kind_are_the_same_as_in_gymnasium(kind: str) -> None:
    _assert_equals_gymnasium(_OBSERVATIONS[kind], 1.0, False, False)


@pytest.mark.parametrize("reward", _REWARDS, ids=repr)
def test_rewards_of_any_type_are_the_same_as_in_gymnasium(reward: Any) -> None:
    _assert_equals_gymnasium(_OBSERVATION, reward, False, False)


@pytest.mark.parametrize("flag", _FLAGS, ids=repr)
def test_flags_of_any_type_are_the_same_as_in_gymnasium(flag: Any) -> None:
    _assert_equals_gymnasium(_OBSERVATION, 1.0, flag, False)
    _assert_equals_gymnasium(_OBSERVATION, 1.0, False, flag)
