# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A remote vector of environments as a `gymnasium.vector.VectorEnv`."""

import weakref
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.error import AlreadyPendingCallError, ClosedEnvironmentError, NoAsyncCallError
from gymnasium.vector import AutoresetMode, VectorEnv

from gymwire.client.credentials import Credentials
from gymwire.client.env import copied_attributes, infos_argument, remote_spec
from gymwire.client.errors import MisfitTypeError, MisfitValueError
from gymwire.client.infos import InfoChoice
from gymwire.client.session import Session, WrapperChoice, chosen_wrappers, make_request
from gymwire.client.values import encode_actions
from gymwire.codec import decode_dict, decode_sample, decode_space, decode_value
from gymwire.codec.values import shorten
from gymwire.v1 import environment_service_pb2 as pb

Flags = npt.NDArray[np.bool_]
Seeds = int | Sequence[int | None] | None

_WIRE_MODES = {
    AutoresetMode.NEXT_STEP: pb.AUTORESET_MODE_NEXT_STEP,
    AutoresetMode.SAME_STEP: pb.AUTORESET_MODE_SAME_STEP,
    AutoresetMode.DISABLED: pb.AUTORESET_MODE_DISABLED,
}
_VECTORIZATIONS = {"sync": pb.VECTORIZATION_SYNC, "async": pb.VECTORIZATION_ASYNC}


class RemoteVectorEnv(VectorEnv[Any, Any, Any]):
    """Environments of one kind in a Gymwire server. A call of `step` steps all of them: one after the other ("sync") or
    each in its own process ("async").

    Arguments:
        env_id, address, credentials, request_timeout, render_mode, max_episode_steps, wrappers, server_wrappers, infos,
            kwargs: as in `RemoteEnv`
        num_envs: the number of environments, at least 1
        autoreset_mode: what happens when an episode ends; by default NEXT_STEP, as in Gymnasium
        vectorization_mode: "sync" or "async"
        server_vectorization: the same as `vectorization_mode`. Use this name in the kwargs of `gymnasium.register`,
            because `gymnasium.make_vec` has its own argument `vectorization_mode`

    `step_async` and `step_wait` let the server step while the caller does something else.

    Stable-Baselines3 accepts only its own class of vectors. These two lines make such a vector of `RemoteEnv`s::

        from stable_baselines3.common.env_util import make_vec_env
        envs = make_vec_env(RemoteEnv, n_envs=8, env_kwargs={"env_id": "CartPole-v1", "address": "127.0.0.1:50051"})
    """

    # True until there is a session. If the constructor fails, there is nothing to close, but Gymnasium 1.2 closes every
    # vector that is garbage-collected and not yet closed.
    closed = True

    def __init__(
        self,
        env_id: str,
        num_envs: int = 1,
        *,
        address: str,
        credentials: Credentials | None = None,
        request_timeout: float | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        vectorization_mode: str = "sync",
        server_vectorization: str | None = None,
        render_mode: str | None = None,
        max_episode_steps: int | None = None,
        wrappers: Sequence[WrapperChoice] = (),
        server_wrappers: Sequence[WrapperChoice] = (),
        infos: InfoChoice = True,
        **kwargs: Any,
    ) -> None:
        vectorization_mode = server_vectorization or vectorization_mode
        if vectorization_mode not in _VECTORIZATIONS:
            raise ValueError(f"vectorization_mode must be one of {list(_VECTORIZATIONS)}, not {vectorization_mode!r}")
        mode = AutoresetMode(autoreset_mode)
        wrappers = chosen_wrappers(wrappers, server_wrappers)
        request = make_request(
            env_id,
            num_envs=num_envs,
            render_mode=render_mode,
            max_episode_steps=max_episode_steps,
            wrappers=wrappers,
            infos=infos,
            kwargs=kwargs,
            autoreset_mode=_WIRE_MODES[mode],
            vectorization=_VECTORIZATIONS[vectorization_mode],
        )
        self._session = Session(address, credentials or Credentials(), request, request_timeout)
        self._finalizer = weakref.finalize(self, self._session.close)
        self.closed = False
        made = self._session.made
        self.num_envs = made.num_envs
        self.single_observation_space = decode_space(made.single_observation_space)
        self.single_action_space = decode_space(made.single_action_space)
        self.observation_space = decode_space(made.observation_space)
        self.action_space = decode_space(made.action_space)
        self.metadata = {**decode_dict(made.metadata), "autoreset_mode": mode}
        self.render_mode = made.render_mode if made.HasField("render_mode") else None
        self._arguments: dict[str, Any] = {
            "env_id": env_id,
            "address": address,
            **({} if num_envs == 1 else {"num_envs": num_envs}),
            **({} if mode is AutoresetMode.NEXT_STEP else {"autoreset_mode": mode.value}),
            **({} if vectorization_mode == "sync" else {"server_vectorization": vectorization_mode}),
            **({} if credentials is None else {"credentials": credentials}),
            **({} if request_timeout is None else {"request_timeout": request_timeout}),
            **({} if render_mode is None else {"render_mode": render_mode}),
            **({} if max_episode_steps is None else {"max_episode_steps": max_episode_steps}),
            **({"server_wrappers": wrappers} if wrappers else {}),
            **infos_argument(infos),
            **kwargs,
        }
        self.spec = remote_spec(made, self._arguments)

    def reset(self, *, seed: Seeds = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Starts new episodes in all environments, or in those that `options["reset_mask"]` [n] selects."""
        self.reset_async(seed=seed, options=options)
        return self.reset_wait()

    def step(self, actions: Any) -> tuple[Any, npt.NDArray[np.float64], Flags, Flags, dict[str, Any]]:
        """Applies one action to each environment; returns observations, rewards [n], terminations [n], truncations [n]
        and infos."""
        self.step_async(actions)
        return self.step_wait()

    def reset_async(self, *, seed: Seeds = None, options: dict[str, Any] | None = None) -> None:
        """Asks for a reset; `reset_wait` must follow."""
        self._check_free("reset_async")
        seeds = self._seeds(seed)
        mask = b""
        if options is not None and "reset_mask" in options:
            mask = self._mask(options["reset_mask"]).tobytes()
            options = {key: value for key, value in options.items() if key != "reset_mask"} or None
        self._session.send_reset(seeds, mask, options)

    def reset_wait(self, timeout: float | None = None) -> tuple[Any, dict[str, Any]]:
        """Returns the result of `reset_async`. Raises RemoteTimeoutError after `timeout` seconds (None: after the
        constructor's `request_timeout`)."""
        response = self._finish("reset", timeout)
        return self._decode(response.observations), decode_dict(response.infos)

    def step_async(self, actions: Any) -> None:
        """Asks for a step; `step_wait` must follow."""
        self._check_free("step_async")
        self._session.send_step(encode_actions(self.action_space, actions))

    def step_wait(
        self, timeout: float | None = None
    ) -> tuple[Any, npt.NDArray[np.float64], Flags, Flags, dict[str, Any]]:
        """Returns the result of `step_async`. Raises RemoteTimeoutError after `timeout` seconds (None: after the
        constructor's `request_timeout`)."""
        response = self._finish("step", timeout)
        return (
            self._decode(response.observations),
            np.frombuffer(response.rewards, "<f8").copy(),
            np.frombuffer(response.terminated, np.bool_).copy(),
            np.frombuffer(response.truncated, np.bool_).copy(),
            self._infos(response),
        )

    def render(self) -> tuple[Any, ...] | None:
        """Returns each environment's picture or text, as the render mode defines; None for each environment if there is
        no render mode."""
        self._check_free("render")
        if self.render_mode is None:
            gymnasium.logger.warn("render() draws nothing without a render mode; give one to the constructor")
            return (None,) * self.num_envs
        return tuple(self._session.render())

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Calls a method of each environment, or reads an attribute, if the server's operator allows it."""
        self._check_free("call")
        return tuple(self._session.call(name, args, kwargs))

    def get_attr(self, name: str) -> tuple[Any, ...]:
        """Reads an attribute of each environment, if the server's operator allows it."""
        self._check_free("get_attr")
        return tuple(self._session.get_attr(name))

    def set_attr(self, name: str, values: Any) -> None:
        """Sets an attribute of each environment, if the server's operator allows it. A list or tuple has one value per
        environment; any other value is set in all environments."""
        self._check_free("set_attr")
        each = list(values) if isinstance(values, (list, tuple)) else [values] * self.num_envs
        if len(each) != self.num_envs:
            raise ValueError(f"set_attr needs {self.num_envs} values, one per environment; got {len(each)}")
        self._session.set_attr(name, each)

    def snapshots(self) -> list[bytes]:
        """Returns the state of each environment. Raises NotImplementedError if the server cannot save it exactly."""
        self._check_free("snapshots")
        return self._session.snapshots()

    def restore(self, snapshots: Sequence[bytes]) -> Any:
        """Puts one state into each environment. The states can come from `snapshots` of this or another vector with the
        same environment id, arguments, wrappers and autoreset mode. In the mode DISABLED they can also come from
        RemoteEnv.snapshot. Returns the observations of the states."""
        self._check_free("restore")
        return self._decode(self._session.restore(snapshots).observations)

    def close_extras(self, **kwargs: Any) -> None:
        """Closes the environments in the server, even while a step is under way."""
        pending = self._session.pending
        if pending in ("reset", "step"):
            gymnasium.logger.warn(f"close() was called, but the answer to {pending}_async has not been taken")
        self._finalizer()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the arguments, the attributes of this object and, after the first reset or restore, the states. The
        unpickled object is another vector, which continues from these states."""
        self._check_free("copy")
        snapshots = self._session.snapshots() if self._session.started else None
        return _rebuild, (type(self), self._arguments, snapshots), copied_attributes(self)

    @property
    def np_random_seed(self) -> tuple[int, ...]:  # type: ignore[override]
        """The seed of each environment's generator after the last reset or restore: the seed that the caller gave, or
        the seed that the environment drew; -1 if the seed is not known. Before the first reset or restore, the seeds
        are read with `get_attr`; an environment without a seed draws one when its seed is read."""
        if not self._session.started:
            return self.get_attr("np_random_seed")
        return tuple(-1 if seed is None else seed for seed in self._session.seeds)

    @property  # type: ignore[misc]
    def np_random(self) -> np.random.Generator:
        """A vector has no such attribute, because the generators are in the server."""
        raise AttributeError("the random generators are in the server; read np_random_seed, or take snapshots()")

    def _seeds(self, seed: Seeds) -> list[int | None]:
        if seed is None or isinstance(seed, int):
            seeds = [None if seed is None else seed + i for i in range(self.num_envs)]
        else:
            seeds = list(seed)
        if len(seeds) != self.num_envs:
            raise MisfitValueError(f"there must be {self.num_envs} seeds, one per environment; got {len(seeds)}")
        return seeds

    def _mask(self, mask: Any) -> Flags:
        if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
            raise MisfitTypeError(f"reset_mask must be a numpy array of {self.num_envs} bool, not {mask!r}")
        if mask.shape != (self.num_envs,):
            raise MisfitValueError(f"reset_mask must have the shape [{self.num_envs}], not {list(mask.shape)}")
        if not mask.any() or not (self._session.started or mask.all()):
            raise MisfitValueError(
                f"reset_mask must select at least one environment, and in the first reset all environments; got {mask}"
            )
        return mask

    def _check_free(self, caller: str) -> None:
        self._check_open()
        if self._session.pending == "restore":  # a timeout, Ctrl-C or a lost connection ended restore
            self._session.drain()
        pending = self._session.pending
        if pending is not None:
            raise AlreadyPendingCallError(
                f"{caller} was called before {pending}_wait took the answer of {pending}_async", pending
            )

    def _check_open(self) -> None:
        if not self._finalizer.alive:
            raise ClosedEnvironmentError(f"{self} is closed; make a new one")

    def _finish(self, kind: str, timeout: float | None) -> Any:
        self._check_open()
        if self._session.pending != kind:
            raise NoAsyncCallError(f"{kind}_wait was called without {kind}_async before it", kind)
        return self._session.finish(timeout)

    def _decode(self, observations: Any) -> Any:
        return decode_sample(self.observation_space, observations)

    def _infos(self, response: pb.StepResponse) -> dict[str, Any]:
        infos = decode_dict(response.infos)
        for final in response.finals:
            last = {
                "final_obs": decode_value(final.observation),
                "final_info": decode_dict(final.info),
            }
            try:
                infos = self._add_info(infos, last, final.env_index)
            except Exception:
                infos = self._add_each_final_info(infos, last, final.env_index)
        return infos

    def _add_each_final_info(self, infos: dict[str, Any], last: dict[str, Any], env_index: int) -> dict[str, Any]:
        """Adds the infos of an episode's last step one by one. Leaves out the infos that Gymnasium cannot batch, as the
        server does with the infos of other steps."""
        infos = self._add_info(infos, {"final_obs": last["final_obs"]}, env_index)
        for key, value in last["final_info"].items():
            try:
                infos = self._add_info(infos, {"final_info": {key: value}}, env_index)
            except Exception as error:
                reason = (
                    f"Gymnasium cannot put the value {shorten(value)} into an array: {type(error).__name__}: {error}"
                )
                self._session.warn([pb.OmittedInfo(key=str(key), reason=reason, env_index=env_index)])
        return infos


def _rebuild(kind: type[RemoteVectorEnv], arguments: dict[str, Any], snapshots: list[bytes] | None) -> RemoteVectorEnv:
    # The constructor and `restore` of a derived class are not called: the constructor may have other parameters, and
    # `restore` may need attributes that are set only after this function returns.
    envs = kind.__new__(kind)
    RemoteVectorEnv.__init__(envs, **arguments)
    if snapshots is not None:
        RemoteVectorEnv.restore(envs, snapshots)
    return envs
