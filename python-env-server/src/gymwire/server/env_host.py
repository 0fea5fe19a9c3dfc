# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Resets and steps one environment in the environment's process, and builds the answers that the session requests."""

from collections.abc import Callable, Collection
from copy import deepcopy
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Space, Tuple

from gymwire.codec import UnsupportedValueError, encode_dict, encode_sample, encode_value
from gymwire.codec.values import check_unmasked, shorten
from gymwire.server.errors import CallFailedError, EnvironmentFailedError
from gymwire.server.failures import PASSED_ON, class_name, describe
from gymwire.server.infos import PartialInfo, split_info
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

# The infos that are sent: None for all infos, else the keys that the client asked for.
InfoKeys = Collection[str] | None

_NO_INFO: dict[str, Any] = {}
_RAISED_UNCHANGED = (UnsupportedValueError, *PASSED_ON)


class ResponseFields(NamedTuple):
    """The parts of a session's responses that the client chose, in addition to the batched arrays."""

    info_keys: InfoKeys
    env_outputs: bool
    seeds: bool = False  # each environment's seed, after a Reset or Restore

    @property
    def infos(self) -> bool:
        """Returns whether any info is sent."""
        return self.info_keys is None or bool(self.info_keys)


# The answer of one environment to a reset or a step:
# - observation, reward (0 after a reset), terminated and truncated (both False after a reset)
# - the info with the requested keys; a PartialInfo if an entry of this info or of the FinalStep's info cannot be sent
# - a FinalStep with the last observation and info of an episode, if this step ended the episode and reset the
#   environment; else None
# - the environment's own output, when the session asks for it; else None
# The answer is a plain tuple: a named tuple takes half a microsecond more to make, for every environment and step.
StepResult = tuple[Any, Any, Any, Any, dict[str, Any], pb.FinalStep | None, pb.EnvOutput | None]


class EnvHost:
    """Resets and steps one environment. An exception in a reset or step becomes an EnvironmentFailedError with the
    environment's index. An exception that derives only from BaseException, such as SystemExit, becomes this error too:
    it would otherwise end the thread or the process without an answer. An UnsupportedValueError, for a value that
    cannot be sent, is raised unchanged, and so are the exceptions in PASSED_ON."""

    def __init__(self, env: gymnasium.Env[Any, Any], index: int, fields: ResponseFields, same_step: bool) -> None:
        self.env = env
        self._index = index
        self._fields = fields
        self._no_infos = not fields.infos
        # The agent's usual choice: only the batched arrays are sent.
        self._is_bare = self._no_infos and not fields.env_outputs
        self._same_step = same_step
        # If an environment has no observation space, its description fails later, not this constructor. So there is an
        # EnvHost whose `close` can then close the environment.
        self._space: Any = getattr(env, "observation_space", None)
        # The infos that cannot be sent in the answer to the current request, with the reasons.
        self._omitted: dict[str, str] = {}

    def reset(self, seed: int | None, options: dict[str, Any] | None) -> StepResult:
        """Starts a new episode."""
        try:
            observation, info = self.env.reset(seed=seed, options=deepcopy(options))
            return self._result(observation, 0.0, False, False, info, None)
        except _RAISED_UNCHANGED:
            raise
        except BaseException as error:
            raise self._failure("reset", error) from error

    def step(self, action: Any) -> StepResult:
        """Applies a valid action. In the mode SAME_STEP, if this step ends the episode, also starts the next one."""
        try:
            observation, reward, terminated, truncated, info = self.env.step(action)
            final = None
            if self._same_step and (terminated or truncated):
                # The final step is encoded before the reset, because the reset may write into the same arrays.
                final = self._final_step(observation, info)
                observation, info = self.env.reset()
            if self._is_bare:
                return observation, reward, terminated, truncated, _NO_INFO, final, None
            return self._result(observation, reward, terminated, truncated, info, final)
        except _RAISED_UNCHANGED:
            raise
        except BaseException as error:
            raise self._failure("step", error) from error

    def apply(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Returns function(env, *arguments); an exception in the environment becomes a CallFailedError."""
        try:
            return function(self.env, *arguments)
        except PASSED_ON:
            raise
        except BaseException as error:
            if not class_name(error):
                raise
            message = f"environment {self._index} failed in {function.__name__}: {describe(error)}"
            raise CallFailedError(message, self._index) from error

    def close(self) -> None:
        """Closes the environment."""
        self.env.close()

    def _result(
        self, observation: Any, reward: Any, terminated: bool, truncated: bool, info: Any, final: pb.FinalStep | None
    ) -> StepResult:
        info = _NO_INFO if self._no_infos else self._select(info)
        output = self._output(observation, reward, info) if self._fields.env_outputs else None
        if self._omitted:
            info = PartialInfo(info, self._omitted)
            self._omitted = {}
        return observation, reward, terminated, truncated, info, final, output

    def _output(self, observation: Any, reward: Any, info: dict[str, Any]) -> pb.EnvOutput:
        return pb.EnvOutput(
            observation=encode_sample(self._space, observation),
            reward=encode_value(reward),
            info=None if self._no_infos else encode_dict(info),
        )

    def _select(self, info: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(info, dict):
            raise TypeError(f"the info must be a dict; got {shorten(info)}")
        keys = self._fields.info_keys
        received, omitted = split_info(info if keys is None else {key: info[key] for key in keys if key in info})
        if omitted:
            self._omitted.update(omitted)
        return received

    def _final_step(self, observation: Any, info: dict[str, Any]) -> pb.FinalStep:
        return pb.FinalStep(
            env_index=self._index,
            observation=self._final_observation(observation),
            info=None if self._no_infos else encode_dict(self._select(info)),
        )

    def _final_observation(self, observation: Any) -> value_pb2.Value:
        as_returned = self._fields.env_outputs
        return encode_sample(self._space, observation if as_returned else converted(self._space, observation))

    def _failure(self, method: str, error: BaseException) -> EnvironmentFailedError:
        return EnvironmentFailedError(f"environment {self._index} failed in {method}: {describe(error)}", self._index)


def converted(space: Space[Any], value: Any) -> Any:
    """Returns one observation, converted as in a batch: arrays have the dtypes of the space, and dicts
    have the keys of the space, in the order of the space. Parts that a batch does not convert, such as texts, are
    returned as they are. Inside dicts and tuples, ints of Discrete spaces stay Python ints: in last observations,
    Gymnasium's vector environments do not convert them."""
    if is_array_space(space):
        check_unmasked(value)
        array = np.asarray(value, dtype=space.dtype)
        if array.shape != space.shape:
            raise ValueError(f"the observation has shape {list(array.shape)}, but its space is {space}")
        return array[()] if isinstance(space, Discrete) else array
    if isinstance(space, Dict):
        missing = [key for key in space.spaces if key not in value]
        if missing:
            raise ValueError(f"the observation has no key {missing[0]!r}, but its space is {space}")
        return {key: _converted_part(inner, value[key]) for key, inner in space.spaces.items()}
    if isinstance(space, Tuple):
        if len(value) != len(space.spaces):
            raise ValueError(f"the observation has {len(value)} parts, but its space is {space}")
        return tuple(_converted_part(inner, part) for inner, part in zip(space.spaces, value, strict=True))
    return value


def _converted_part(space: Space[Any], value: Any) -> Any:
    # A bool is an int too, but clients expect a number.
    return int(value) if isinstance(space, Discrete) and isinstance(value, int) else converted(space, value)


def with_dtypes(space: Space[Any], value: Any) -> Any:
    """Returns a sample of the space, in which all arrays and numbers have the dtypes of the space."""
    if is_array_space(space):
        return np.asarray(value, dtype=space.dtype)
    if isinstance(space, Dict):
        return {key: with_dtypes(inner, value[key]) for key, inner in space.spaces.items()}
    if isinstance(space, Tuple):
        return tuple(with_dtypes(inner, part) for inner, part in zip(space.spaces, value, strict=True))
    return value


def is_array_space(space: Space[Any]) -> bool:
    """Returns whether all samples of the space are arrays or numbers of one dtype and shape. A batch is then one
    array."""
    return isinstance(space, (Box, Discrete, MultiDiscrete, MultiBinary))
