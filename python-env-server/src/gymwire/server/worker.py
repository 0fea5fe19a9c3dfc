# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The environments of a session, in this process or in separate processes. They are reset and stepped together, by the
rules of Gymnasium's vector environments."""

import contextlib
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array

from gymwire.codec.values import brief, check_unmasked, shorten
from gymwire.server.env_host import EnvHost, ResponseFields, StepResult, with_dtypes
from gymwire.server.errors import EnvironmentFailedError
from gymwire.server.failures import PASSED_ON, close_quietly, describe
from gymwire.server.infos import PartialInfo
from gymwire.server.recipe import Description, EnvRecipe, describe_env
from gymwire.v1 import environment_service_pb2 as pb

_Result = TypeVar("_Result")

# The last two bytes of Python's NaN, packed as a little-endian float64.
_NAN_END = b"\xf8\x7f"
_NO_INFOS: tuple[dict[str, Any], Sequence[pb.OmittedInfo]] = ({}, ())


class ResetOutcome(NamedTuple):
    """The result of one call of `reset_envs`, which resets some or all of n environments."""

    infos: dict[str, Any]
    outputs: list[pb.EnvOutput]  # one for each environment; empty if the client did not ask for them
    omitted: Sequence[pb.OmittedInfo]


class StepOutcome(NamedTuple):
    """The result of one vector step of n environments, with the arrays packed as in the messages."""

    rewards: bytes  # n float64
    terminated: bytes  # n bool
    truncated: bytes  # n bool
    reset_mask: bytes  # n bool
    finals: list[pb.FinalStep]
    infos: dict[str, Any]
    outputs: list[pb.EnvOutput]  # one for each environment; empty if the client did not ask for them
    omitted: Sequence[pb.OmittedInfo]


class Worker(ABC):
    """Batches the answers of n environments, and keeps track of the episodes that have ended.

    It works like Gymnasium's vector environments, with these differences. If an environment raises an exception in a
    reset, in a step or in the method `each`, the error names the index of this environment. The same is true if an
    environment returns an invalid reward or flag. (The error of `batch_observations` shows the observations instead.)
    Final observations and infos are encoded before the next reset can overwrite them. Each environment's own output is
    available. Infos are not processed at all if the client did not ask for them.
    """

    def __init__(self, descriptions: Sequence[Description], mode: AutoresetMode, fields: ResponseFields) -> None:
        first = descriptions[0]
        for i, each in enumerate(descriptions):
            if each.observation_space != first.observation_space or each.action_space != first.action_space:
                raise EnvironmentFailedError(
                    f"environment {i} has other spaces than environment 0: observations {each.observation_space} and "
                    f"{first.observation_space}, actions {each.action_space} and {first.action_space}",
                    i,
                )
        n = len(descriptions)
        self.num_envs = n
        self.autoreset_mode = mode
        self.description = first
        self.single_observation_space = first.observation_space
        self.single_action_space = first.action_space
        # The spaces are copied, because batch_space gives its argument a random generator, and snapshots contain the
        # generators of the environment's own spaces.
        self.observation_space = batch_space(deepcopy(first.observation_space), n)
        self.action_space = batch_space(deepcopy(first.action_space), n)
        # True for each environment whose episode has ended and that has not been reset since then. In SAME_STEP, every
        # element is False.
        self.ended = np.zeros(n, dtype=np.bool_)
        # Each environment's last observation; None before the first reset.
        self.last_observations: list[Any] = [None] * n
        self.fields = fields
        self._observations: Any = create_empty_array(first.observation_space, n)
        self._pack_floats = struct.Struct(f"<{n}d").pack
        self._none_set = bytes(n)
        # Only the method _add_info of this object is used. The method batches infos.
        self._gymnasium: VectorEnv[Any, Any, Any] = VectorEnv()
        self._gymnasium.num_envs = n

    def reset_envs(
        self, seeds: Sequence[int | None], mask: npt.NDArray[np.bool_], options: dict[str, Any] | None
    ) -> ResetOutcome:
        """Resets the environments that the mask [n] selects, each with its seed."""
        outputs = [pb.EnvOutput() for _ in range(self.num_envs)]
        indices = np.flatnonzero(mask).tolist()
        results = self._reset_results(indices, seeds, options)
        for i, (observation, _, _, _, _, _, output) in zip(indices, results, strict=True):
            self.last_observations[i] = observation
            if output is not None:
                output.ClearField("reward")
                outputs[i] = output
        self.ended[mask] = False
        infos, omitted = self._batch_infos((i, result[4]) for i, result in zip(indices, results, strict=True))
        return ResetOutcome(infos, outputs if self.fields.env_outputs else [], omitted)

    def step_envs(self, actions: Sequence[Any] | npt.NDArray[Any]) -> StepOutcome:
        """Applies one valid action to each environment, by the rules of the autoreset mode."""
        resets = self.ended if self.autoreset_mode is AutoresetMode.NEXT_STEP else None
        results = self._step_results(actions, None if resets is None else resets.tolist())
        observations, rewards, terminated, truncated, each_info, each_final, outputs = zip(*results, strict=True)
        self.last_observations[:] = observations
        packed_rewards = self._pack_rewards(rewards)
        packed_terminated = self._pack_flags(terminated)
        packed_truncated = self._pack_flags(truncated)
        reset_mask = self._none_set if resets is None else resets.tobytes()
        finals: list[pb.FinalStep] = []
        if self.autoreset_mode is not AutoresetMode.SAME_STEP:
            self.ended = np.frombuffer(packed_terminated, np.bool_) | np.frombuffer(packed_truncated, np.bool_)
        elif packed_terminated is not self._none_set or packed_truncated is not self._none_set:
            finals = [final for final in each_final if final is not None]
            reset_mask = bytes(final is not None for final in each_final)
        infos, omitted = self._batch_infos(enumerate(each_info)) if self.fields.infos else _NO_INFOS
        return StepOutcome(
            rewards=packed_rewards,
            terminated=packed_terminated,
            truncated=packed_truncated,
            reset_mask=reset_mask,
            finals=finals,
            infos=infos,
            outputs=list(outputs) if self.fields.env_outputs else [],
            omitted=omitted,
        )

    def batch_observations(self) -> Any:
        """Returns the last observations of all environments, batched."""
        try:
            check_unmasked(self.last_observations)
            self._observations = self._concatenate(self.last_observations)
        except Exception as error:
            received = ", ".join({brief(observation): "" for observation in self.last_observations})
            raise EnvironmentFailedError(
                f"an observation does not fit {self.single_observation_space}: {describe(error)}; got {received}"
            ) from error
        return self._observations

    @abstractmethod
    def each(self, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]] | None = None) -> list[Any]:
        """Returns function(env, *arguments[i]) for each environment. An exception in the environment becomes a
        CallFailedError. The function runs in the environment's process.

        The environment may run in another process, so the function must be at a module's top level, and its arguments
        and results must be picklable. Without `arguments`, the function gets only the environment."""

    @abstractmethod
    def close(self) -> None:
        """Closes the environments."""

    @abstractmethod
    def _reset_results(
        self, indices: Sequence[int], seeds: Sequence[int | None], options: dict[str, Any] | None
    ) -> Sequence[StepResult]:
        """Resets the environments with these indices."""

    @abstractmethod
    def _step_results(
        self, actions: Sequence[Any] | npt.NDArray[Any], resets: list[bool] | None
    ) -> Sequence[StepResult]:
        """Steps each environment, or resets it where `resets` is true."""

    def _pack_rewards(self, rewards: Sequence[Any]) -> bytes:
        try:
            packed = self._pack_floats(*rewards)
        except struct.error:
            self._check_rewards(rewards)
            packed = self._as_array("reward", rewards, np.dtype("<f8")).tobytes()
        # A masked reward is packed as NaN. Each reward is checked only if a NaN's last bytes occur, which is rare.
        if _NAN_END in packed:
            self._check_rewards(rewards)
        return packed

    def _concatenate(self, observations: Sequence[Any]) -> Any:
        space = self.single_observation_space
        try:
            return concatenate(space, observations, self._observations)
        except TypeError:
            # numpy does not write floats into an array of ints. But floats can be in a space of ints: for example,
            # MultiBinary(3).contains(np.zeros(3)) is true.
            if not all(space.contains(observation) for observation in observations):
                raise
            return concatenate(space, [with_dtypes(space, each) for each in observations], self._observations)

    def _check_rewards(self, rewards: Sequence[Any]) -> None:
        for i, reward in enumerate(rewards):
            if np.ma.is_masked(reward):
                raise EnvironmentFailedError(
                    f"environment {i} returned a masked reward ({reward!r}), which is no number; return a float", i
                )

    def _pack_flags(self, flags: Sequence[Any]) -> bytes:
        with contextlib.suppress(TypeError, ValueError):
            if not any(flags):
                return self._none_set
        return self._as_array("value of terminated or truncated", flags, np.dtype(np.bool_)).tobytes()

    def _as_array(self, name: str, values: Sequence[Any], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """Returns the environments' values [n], converted by numpy. Raises EnvironmentFailedError, with the name of the
        values, for a value that numpy refuses."""
        array = np.zeros(self.num_envs, dtype)
        for i, value in enumerate(values):
            try:
                # Some environments return arrays of one element.
                array[i] = value.item() if isinstance(value, np.ndarray) else value
            except (TypeError, ValueError, OverflowError) as error:
                raise EnvironmentFailedError(
                    f"environment {i} returned no valid {name}: {shorten(value)} ({describe(error)})", i
                ) from error
        return array

    def _batch_infos(
        self, each: Iterable[tuple[int, dict[str, Any]]]
    ) -> tuple[dict[str, Any], Sequence[pb.OmittedInfo]]:
        infos: dict[str, Any] = {}
        omitted: dict[str, pb.OmittedInfo] = {}
        for i, info in each:
            if isinstance(info, PartialInfo):
                for key, reason in info.omitted.items():
                    omitted.setdefault(key, pb.OmittedInfo(key=key, reason=reason, env_index=i))
            if info:
                try:
                    infos = self._gymnasium._add_info(infos, info, i)
                except Exception:
                    infos = self._add_each_info(infos, info, i, omitted)
        return infos, list(omitted.values())

    def _add_each_info(
        self, infos: dict[str, Any], info: dict[str, Any], i: int, omitted: dict[str, pb.OmittedInfo]
    ) -> dict[str, Any]:
        """Adds the entries of an info one by one. Omits the entries that Gymnasium cannot batch, for example an int
        outside int64, or arrays with other shapes than in the other environments."""
        for key, value in info.items():
            try:
                infos = self._gymnasium._add_info(infos, {key: value}, i)
            except Exception as error:
                # With env_outputs, the client gets the entry in the environment's own output.
                if not self.fields.env_outputs:
                    reason = f"Gymnasium cannot put the value {shorten(value)} into an array: {describe(error)}"
                    omitted.setdefault(str(key), pb.OmittedInfo(key=str(key), reason=reason, env_index=i))
        return infos


class Place:
    """The thread on which environments are made and called. This class uses the calling thread."""

    def run(self, function: Callable[..., _Result], *arguments: Any) -> _Result:
        """Calls the function on the thread; returns its result or raises its exception."""
        return function(*arguments)

    def close(self) -> None:
        """Ends the thread, if it is not the caller's. The worker first closes all environments on the thread."""


class DrawingThread(Place):
    """A separate thread for environments that render. Requests can come on any thread, but OpenGL draws only on the
    thread of its context. On other threads it draws nothing and reports no error."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="drawing")

    def run(self, function: Callable[..., _Result], *arguments: Any) -> _Result:
        """See Place."""
        return self._thread.submit(function, *arguments).result()

    def close(self) -> None:
        """See Place."""
        self._thread.shutdown()


class SyncWorker(Worker):
    """Steps environments of this process one after the other."""

    def __init__(
        self, recipe: EnvRecipe, n: int, mode: AutoresetMode, fields: ResponseFields, place: Place | None = None
    ) -> None:
        self._hosts: list[EnvHost] = []
        self._place = place or Place()
        same_step = mode is AutoresetMode.SAME_STEP
        try:
            super().__init__(self._place.run(self._make_hosts, recipe, n, fields, same_step), mode, fields)
        except BaseException:
            close_quietly(self.close)
            raise

    def each(self, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]] | None = None) -> list[Any]:
        """See Worker."""
        return self._place.run(self._apply_each, function, arguments or [()] * len(self._hosts))

    def close(self) -> None:
        """Closes every environment, then raises the first exception of an environment, if any."""
        try:
            self._place.run(self._close_hosts)
        finally:
            self._place.close()

    def _make_hosts(self, recipe: EnvRecipe, n: int, fields: ResponseFields, same_step: bool) -> list[Description]:
        for i in range(n):
            self._hosts.append(EnvHost(recipe.make(), i, fields, same_step))
        # Only the first description lists the Python distributions (installed packages) that define the environment,
        # because they are the same for all environments.
        others = recipe._replace(lists_distributions=False)
        return [describe_env(host.env, others if i else recipe) for i, host in enumerate(self._hosts)]

    def _apply_each(self, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        return [host.apply(function, *each) for host, each in zip(self._hosts, arguments, strict=True)]

    def _close_hosts(self) -> None:
        failure: BaseException | None = None
        while self._hosts:
            try:
                self._hosts.pop(0).close()
            except PASSED_ON:
                raise
            except BaseException as error:
                failure = failure or error
        if failure is not None:
            raise failure

    def _reset_results(
        self, indices: Sequence[int], seeds: Sequence[int | None], options: dict[str, Any] | None
    ) -> Sequence[StepResult]:
        return self._place.run(self._reset_hosts, indices, seeds, options)

    def _reset_hosts(
        self, indices: Sequence[int], seeds: Sequence[int | None], options: dict[str, Any] | None
    ) -> Sequence[StepResult]:
        return [self._hosts[i].reset(seeds[i], options) for i in indices]

    def _step_results(
        self, actions: Sequence[Any] | npt.NDArray[Any], resets: list[bool] | None
    ) -> Sequence[StepResult]:
        return self._place.run(self._step_hosts, actions, resets)

    def _step_hosts(self, actions: Sequence[Any] | npt.NDArray[Any], resets: list[bool] | None) -> Sequence[StepResult]:
        if resets is None or True not in resets:
            return [host.step(action) for host, action in zip(self._hosts, actions, strict=True)]
        return [
            host.reset(None, None) if reset else host.step(action)
            for host, action, reset in zip(self._hosts, actions, resets, strict=True)
        ]
