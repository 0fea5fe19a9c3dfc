# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A remote environment as a `gymnasium.Env`."""

import functools
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, SupportsFloat

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec
from gymnasium.error import ClosedEnvironmentError, ResetNeeded
from gymnasium.utils import seeding
from gymnasium.vector.utils import iterate

from gymwire.client.credentials import Credentials
from gymwire.client.errors import IsMethodError, NotAllowedError
from gymwire.client.infos import InfoChoice
from gymwire.client.session import Session, WrapperChoice, chosen_wrappers, make_request
from gymwire.client.values import encode_action
from gymwire.codec import decode_dict, decode_sample, decode_space, decode_value
from gymwire.v1 import environment_service_pb2 as pb

_DRAWN = ("rgb_array", "depth_array", "rgbd_tuple", "ansi")


class RemoteEnv(gymnasium.Env[Any, Any]):
    """One environment in a Gymwire server.

    Arguments:
        env_id: a registered id, e.g. "CartPole-v1"
        address: "HOST:PORT" or "unix:PATH", as the server prints it
        credentials: the token and certificates that the server asks for
        request_timeout: the seconds that the server may need for each answer, for example to Make, a reset or a step.
            After this time, RemoteTimeoutError is raised. Before Make, the client asks the server for its version. If
            this first answer is late, or if no server accepts the connection for 10 seconds, ConnectionError is raised.
            None: one minute for the first answer, no limit for the other answers
        render_mode: one of the environment's render modes, also with "_list" appended
        max_episode_steps: as in `gymnasium.make`: None takes the registered limit, -1 removes it
        wrappers: the wrappers to put around the environment in the server, innermost first. Each is a name, or a tuple
            of a name and keyword arguments. A name is a class of gymnasium.wrappers, "ActionMaskObservation", or
            "module:Class"
        server_wrappers: the same as `wrappers`. Use this name in the kwargs of `gymnasium.register`, because
            `gymnasium.make_vec` has its own argument `wrappers`, for wrappers in the client
        infos: True for all infos, False for none, or a list of the requested keys
        kwargs: keyword arguments of the environment's constructor
    """

    # gymnasium.make reads the render modes of the class. The environment's own modes are known after Make.
    metadata: dict[str, Any] = {"render_modes": ["human", *_DRAWN, *(f"{mode}_list" for mode in _DRAWN)]}  # noqa: RUF012

    def __init__(
        self,
        env_id: str,
        address: str,
        *,
        credentials: Credentials | None = None,
        request_timeout: float | None = None,
        render_mode: str | None = None,
        max_episode_steps: int | None = None,
        wrappers: Sequence[WrapperChoice] = (),
        server_wrappers: Sequence[WrapperChoice] = (),
        infos: InfoChoice = True,
        **kwargs: Any,
    ) -> None:
        wrappers = chosen_wrappers(wrappers, server_wrappers)
        request = make_request(
            env_id,
            num_envs=1,
            render_mode=render_mode,
            max_episode_steps=max_episode_steps,
            wrappers=wrappers,
            infos=infos,
            kwargs=kwargs,
            autoreset_mode=pb.AUTORESET_MODE_DISABLED,
            env_outputs=True,
        )
        self._session = Session(address, credentials or Credentials(), request, request_timeout)
        self._finalizer = weakref.finalize(self, self._session.close)
        made = self._session.made
        self.observation_space = decode_space(made.single_observation_space)
        self.action_space = decode_space(made.single_action_space)
        self._batched_observations = decode_space(made.observation_space)
        self._batched_actions = decode_space(made.action_space)
        self.metadata = decode_dict(made.metadata)
        self.render_mode = made.render_mode if made.HasField("render_mode") else None
        self._arguments: dict[str, Any] = {
            "env_id": env_id,
            "address": address,
            **({} if credentials is None else {"credentials": credentials}),
            **({} if request_timeout is None else {"request_timeout": request_timeout}),
            **({} if render_mode is None else {"render_mode": render_mode}),
            **({} if max_episode_steps is None else {"max_episode_steps": max_episode_steps}),
            **({"server_wrappers": wrappers} if wrappers else {}),
            **infos_argument(infos),
            **kwargs,
        }
        self.spec = remote_spec(made, self._arguments)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Starts a new episode and returns its first observation and info."""
        self._check_open()
        self._session.drain()
        self._session.send_reset([seed], b"", options)
        output = self._session.finish().env_outputs[0]
        self._follow_seed(given=seed is not None)
        return decode_value(output.observation), decode_dict(output.info)

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Applies an action; returns observation, reward, terminated, truncated and info. If a timeout, Ctrl-C or a
        ConnectionError ends the wait for the answer, the next call must be `reset`, `restore` or `close`."""
        self._check_ready()
        self._session.send_step(encode_action(self.action_space, self._batched_actions, action))
        response = self._session.finish()
        output = response.env_outputs[0]
        return (
            decode_value(output.observation),
            decode_value(output.reward),
            response.terminated == b"\x01",
            response.truncated == b"\x01",
            decode_dict(output.info),
        )

    @property
    def np_random_seed(self) -> int:
        """The seed of the environment's generator in the server at the last reset or restore. The client gave this
        seed, or the environment drew it. The value is -1 before the first reset or restore, and if the seed is not
        known."""
        return -1 if self._np_random_seed is None else self._np_random_seed

    @property
    def np_random(self) -> np.random.Generator:
        """The client's own generator. If the seed of the environment's generator in the server is known, the client's
        generator has the same seed."""
        if self._np_random is None:
            self._np_random, _ = seeding.np_random(self._np_random_seed)
        return self._np_random

    @np_random.setter
    def np_random(self, value: np.random.Generator) -> None:
        self._np_random = value

    def render(self) -> Any:
        """Returns the environment's picture or text, as the render mode defines."""
        self._check_ready()
        if self.render_mode is None:
            gymnasium.logger.warn("render() draws nothing without a render mode; give one to the constructor")
            return None
        return self._session.render()[0]

    def close(self) -> None:
        """Closes the environment in the server. Closing again does nothing."""
        self._finalizer()

    def snapshot(self) -> bytes:
        """Returns the environment's whole state. Raises NotImplementedError if the server cannot save it exactly."""
        self._check_ready()
        return self._session.snapshots()[0]

    def restore(self, snapshot: bytes) -> Any:
        """Continues from a state that `snapshot` of this or another environment returned. Returns the observation of
        that state."""
        self._check_open()
        self._session.drain()
        batched = decode_sample(self._batched_observations, self._session.restore([snapshot]).observations)
        self._follow_seed(given=False)
        return next(iter(iterate(self._batched_observations, batched)))

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Calls a method of the environment in the server, if the server's operator allows it."""
        self._check_ready()
        return self._session.call(name, args, kwargs)[0]

    def get_attr(self, name: str) -> Any:
        """Reads an attribute of the environment in the server, if the server's operator allows it."""
        self._check_ready()
        return self._session.get_attr(name)[0]

    def set_attr(self, name: str, value: Any) -> None:
        """Sets an attribute of the environment in the server, if the server's operator allows it."""
        self._check_ready()
        self._session.set_attr(name, [value])

    def has_wrapper_attr(self, name: str) -> bool:
        """Returns whether this object or the environment in the server has the attribute or method. If the server's
        operator does not allow `get_attr`, only this object counts."""
        try:
            self.get_wrapper_attr(name)
        except AttributeError:
            return False
        except NotImplementedError:
            return True  # The attribute exists, but its value cannot be sent.
        return True

    def get_wrapper_attr(self, name: str) -> Any:
        """Returns an attribute of this object if the object has it, else the environment's attribute in the server. For
        a method in the server, returns a function that calls this method. Raises AttributeError if neither has the
        attribute, or if the server's operator does not allow `get_attr`."""
        if hasattr(self, name):
            return getattr(self, name)
        try:
            return self.get_attr(name)
        except IsMethodError:
            return functools.partial(self.call, name)
        except NotAllowedError as error:
            # Code that looks for an attribute, such as Gymnasium's wrappers, expects only an AttributeError.
            raise AttributeError(str(error)) from error

    def set_wrapper_attr(self, name: str, value: Any, *, force: bool = True) -> bool:
        """Sets an attribute of this object if the object has it, else the environment's attribute in the server. With
        `force=False`, an attribute that neither of them has is not set. Returns whether the attribute was set."""
        if hasattr(self, name):
            setattr(self, name, value)
            return True
        if not force and not self.has_wrapper_attr(name):
            return False
        self.set_attr(name, value)
        return True

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the arguments, the attributes of this object and, after the first reset or restore, the state. The
        unpickled object is another environment, which continues from this state."""
        snapshot = RemoteEnv.snapshot(self) if self._session.started else None
        return _rebuild, (type(self), self._arguments, snapshot), copied_attributes(self)

    def _follow_seed(self, given: bool) -> None:
        """Gives the client's own generator the seed of the environment's generator, if this seed was given by the
        caller or has changed."""
        (seed,) = self._session.seeds
        if seed is None:
            self._np_random_seed = None
        elif given or seed != self._np_random_seed:
            self._np_random, self._np_random_seed = seeding.np_random(seed)

    def _check_ready(self) -> None:
        self._check_open()
        if self._session.pending is not None:
            raise ResetNeeded(
                "a timeout, Ctrl-C or a lost connection ended the wait for the answer to "
                f"{self._session.pending}(), so the environment's state is not known; call reset(): it waits for this "
                "answer, and starts a new episode"
            )

    def _check_open(self) -> None:
        if not self._finalizer.alive:
            raise ClosedEnvironmentError(f"{self} is closed; make a new one")


def infos_argument(infos: InfoChoice) -> dict[str, bool | tuple[str, ...]]:
    """Returns a dict with the argument `infos` for a specification; an empty dict if `infos` has the default value."""
    if isinstance(infos, bool):
        return {} if infos else {"infos": False}
    return {"infos": tuple(infos)}


def remote_spec(made: pb.MakeResponse, arguments: Mapping[str, Any]) -> EnvSpec:
    """Returns the environment's specification with the client's classes as entry points. `gymnasium.make` with this
    specification makes another remote environment."""
    full = decode_dict(made.full_spec)
    return EnvSpec(
        id=made.spec.env_id,
        entry_point="gymwire.client:RemoteEnv",
        reward_threshold=made.spec.reward_threshold if made.spec.HasField("reward_threshold") else None,
        nondeterministic=made.spec.nondeterministic,
        max_episode_steps=made.spec.max_episode_steps if made.spec.HasField("max_episode_steps") else None,
        order_enforce=full.get("order_enforce", True),
        disable_env_checker=full.get("disable_env_checker", False),
        kwargs=dict(arguments),
        vector_entry_point="gymwire.client:RemoteVectorEnv",
    )


def copied_attributes(env: object) -> dict[str, Any]:
    """Returns the attributes that a copy of an environment gets: all except the session. The copy has its own."""
    return {name: value for name, value in vars(env).items() if name not in ("_session", "_finalizer")}


def _rebuild(kind: type[RemoteEnv], arguments: dict[str, Any], snapshot: bytes | None) -> RemoteEnv:
    # The constructor and `restore` of a derived class are not called: the constructor may have other parameters, and
    # `restore` may need attributes that are set only after this function returns.
    env = kind.__new__(kind)
    RemoteEnv.__init__(env, **arguments)
    if snapshot is not None:
        RemoteEnv.restore(env, snapshot)
    return env
