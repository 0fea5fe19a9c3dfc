# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The vector of environments behind a session."""

from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Discrete
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.vector.utils import concatenate

from gymwire.codec import UnsupportedValueError, encode_array, encode_dict
from gymwire.server.errors import EnvironmentFailedError
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

# Says which infos travel: None for all of them, else the wanted keys.
InfoKeys = Collection[str] | None


class StepOutcome(NamedTuple):
    """Is the result of one vector step of n environments."""

    observations: npt.NDArray[Any]  # batched; overwritten by the next step
    rewards: npt.NDArray[np.float64]  # [n]; overwritten by the next step
    terminated: npt.NDArray[np.bool_]  # [n]; overwritten by the next step
    truncated: npt.NDArray[np.bool_]  # [n]; overwritten by the next step
    reset_mask: npt.NDArray[np.bool_]  # [n]
    finals: list[pb.FinalStep]
    infos: dict[str, Any]


class Worker(SyncVectorEnv):
    """Steps environments one after the other, as Gymnasium's SyncVectorEnv does, and adds to it: the index of an
    environment that raises, final observations and infos taken before the reset can overwrite them, and no work for
    infos that nobody wants."""

    def __init__(self, make_env: Callable[[], gymnasium.Env[Any, Any]], n: int, mode: AutoresetMode, infos: InfoKeys):
        self._info_keys = infos
        self._no_infos = infos is not None and not infos

        def make_with_own_metadata() -> gymnasium.Env[Any, Any]:
            env = make_env()
            # SyncVectorEnv writes the autoreset mode into the metadata, which belongs to the environment's class.
            env.metadata = deepcopy(env.metadata)
            return env

        super().__init__([make_with_own_metadata] * n, copy=False, autoreset_mode=mode)
        self.env_metadata = {key: value for key, value in self.metadata.items() if key != "autoreset_mode"}

    def reset_envs(
        self, seeds: Sequence[int | None], mask: npt.NDArray[np.bool_], options: dict[str, Any] | None
    ) -> tuple[npt.NDArray[Any], dict[str, Any]]:
        """Resets the environments in the mask [n], each with its seed; returns all observations and the infos."""
        infos: dict[str, Any] = {}
        i = 0
        try:
            for i in np.flatnonzero(mask).tolist():
                self._env_obs[i], info = self.envs[i].reset(seed=seeds[i], options=deepcopy(options))
                if not self._no_infos:
                    infos = self._add_info(infos, self._select(info), i)
        except Exception as error:
            raise EnvironmentFailedError(f"environment {i} failed in reset: {_describe(error)}", i) from error
        self._terminations[mask] = False
        self._truncations[mask] = False
        self._autoreset_envs[mask] = False
        return self._batch(), infos

    def step_envs(self, actions: npt.NDArray[Any]) -> StepOutcome:
        """Applies one valid action [n, ...] to each environment, by the rules of the autoreset mode."""
        mode, pending = self.autoreset_mode, self._autoreset_envs
        rewards, terminations, truncations = self._rewards, self._terminations, self._truncations
        finals: list[pb.FinalStep] = []
        infos: dict[str, Any] = {}
        reset_mask = pending if mode is AutoresetMode.NEXT_STEP else np.zeros(self.num_envs, dtype=np.bool_)
        i = 0
        try:
            for i, (env, action) in enumerate(zip(self.envs, actions, strict=True)):
                if mode is AutoresetMode.NEXT_STEP and pending[i]:
                    self._env_obs[i], info = env.reset()
                    rewards[i], terminations[i], truncations[i] = 0.0, False, False
                else:
                    observation, rewards[i], terminated, truncated, info = env.step(action)
                    terminations[i], truncations[i] = terminated, truncated
                    if mode is AutoresetMode.SAME_STEP and (terminated or truncated):
                        finals.append(self._final_step(i, observation, info))
                        reset_mask[i] = True
                        observation, info = env.reset()
                    self._env_obs[i] = observation
                if not self._no_infos:
                    infos = self._add_info(infos, self._select(info), i)
        except UnsupportedValueError:
            raise
        except Exception as error:
            raise EnvironmentFailedError(f"environment {i} failed in step: {_describe(error)}", i) from error
        self._autoreset_envs = np.logical_or(terminations, truncations)
        return StepOutcome(self._batch(), rewards, terminations, truncations, reset_mask, finals, infos)

    def ended_envs(self) -> list[int]:
        """Returns the indices of the environments whose episode has ended and that nothing has reset since."""
        return [] if self.autoreset_mode is AutoresetMode.SAME_STEP else np.flatnonzero(self._autoreset_envs).tolist()

    def _batch(self) -> npt.NDArray[Any]:
        try:
            self._observations = concatenate(self.single_observation_space, self._env_obs, self._observations)
        except Exception as error:
            raise EnvironmentFailedError(
                f"an observation does not fit {self.single_observation_space}: {_describe(error)}"
            ) from error
        return np.asarray(self._observations)

    def _select(self, info: dict[str, Any]) -> dict[str, Any]:
        if self._info_keys is None:
            return info
        return {key: info[key] for key in self._info_keys if key in info}

    def _final_step(self, i: int, observation: Any, info: dict[str, Any]) -> pb.FinalStep:
        space = self.single_observation_space
        array = encode_array(np.asarray(observation, dtype=space.dtype))
        if tuple(array.shape) != space.shape:
            raise ValueError(f"the observation has shape {list(array.shape)}, but its space is {space}")
        is_number = isinstance(space, Discrete)
        value = value_pb2.Value(scalar=array) if is_number else value_pb2.Value(array=array)
        if self._no_infos:
            return pb.FinalStep(env_index=i, observation=value)
        return pb.FinalStep(env_index=i, observation=value, info=encode_dict(self._select(info)))


def _describe(error: Exception) -> str:
    """Returns the exception's class and text on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
