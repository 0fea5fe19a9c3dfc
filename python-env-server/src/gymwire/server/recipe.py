# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The recipe by which a session's environments are made, and the description of these environments."""

import dataclasses
from copy import deepcopy
from typing import Any, NamedTuple

import gymnasium
from gymnasium.envs.registration import EnvSpec, WrapperSpec
from gymnasium.spaces import Space

from gymwire.codec import UnsupportedSpaceError, UnsupportedValueError, encode_dict, encode_space, encode_value
from gymwire.server import environments, rendering, wrappers
from gymwire.server.distributions import distributions
from gymwire.server.failures import close_quietly
from gymwire.server.mujoco_model import remember_model
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2


class EnvRecipe(NamedTuple):
    """The instructions to make one environment; they can be sent to another process."""

    spec: EnvSpec
    kwargs: dict[str, Any]
    max_episode_steps: int | None  # None: as registered, -1: no limit
    render_mode: str | None
    wrappers: tuple[wrappers.NamedWrapper, ...]  # innermost first
    # The names of the modules of the option --import and of the module in the environment's id.
    modules: tuple[str, ...] = ()
    # Whether the description lists the Python distributions (installed packages) of the environment and of the modules.
    lists_distributions: bool = False

    @property
    def draws(self) -> bool:
        """Returns whether the environments render, because the client or the registration sets a render mode."""
        return self.render_mode is not None or self.spec.kwargs.get("render_mode") is not None

    def import_modules(self) -> None:
        """Imports the modules, for a process that has not imported them yet. They can register the ids of further
        environments, and declare the state of classes of other modules."""
        for module in self.modules:
            environments.import_module(module)

    def make(self) -> gymnasium.Env[Any, Any]:
        """Makes a new environment."""
        # Each environment gets a copy of the arguments, because an environment may write into its arguments.
        kwargs = deepcopy(self.kwargs)
        if self.render_mode is not None:
            kwargs["render_mode"] = self.render_mode
        env = environments.make_env(self.spec, kwargs, self.max_episode_steps)
        try:
            remember_model(env)
            if self.render_mode is not None:
                rendering.check_can_draw(env)
            rendering.check_camera(env)
            for wrapper in self.wrappers:
                env = wrappers.wrap(env, wrapper)
        except BaseException:
            # The environment may have started a simulator.
            close_quietly(env.close)
            raise
        return env


class Description(NamedTuple):
    """The description of a session's environments for a client; it can be sent between processes."""

    observation_space: Space[Any]
    action_space: Space[Any]
    spec: pb.EnvironmentSpec
    full_spec: value_pb2.Dict
    metadata: value_pb2.Dict
    render_mode: str | None
    distributions: dict[str, str]


def describe_env(env: gymnasium.Env[Any, Any], recipe: EnvRecipe) -> Description:
    """Returns the description of an environment. Raises UnsupportedSpaceError if one of its spaces cannot be sent."""
    spec = env.spec or env.unwrapped.spec
    assert spec is not None, "an environment from gymnasium.make has a specification"
    _check_space("observation", env.observation_space, spec.id)
    _check_space("action", env.action_space, spec.id)
    return Description(
        observation_space=env.observation_space,
        action_space=env.action_space,
        spec=environments.encode_spec(spec),
        full_spec=encode_dict({field.name: _plain(getattr(spec, field.name)) for field in dataclasses.fields(spec)}),
        metadata=encode_dict(_plain(env.metadata)),
        render_mode=env.render_mode,
        distributions=distributions(env, recipe.modules) if recipe.lists_distributions else {},
    )


def _check_space(role: str, space: Space[Any], env_id: str) -> None:
    try:
        encode_space(space)
    except UnsupportedSpaceError as error:
        raise UnsupportedSpaceError(f"the {role} space of {env_id} cannot be served: {error}") from None


def _plain(value: Any) -> Any:
    """Returns the value in a form that can be sent. A WrapperSpec becomes a dict of its fields. The elements of a dict,
    list or tuple are converted one by one. A class or function becomes a string with its name. Any other value or dict
    key that cannot be sent becomes its repr."""
    if isinstance(value, WrapperSpec):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {_plain_key(key): _plain(element) for key, element in value.items()}
    if isinstance(value, list):
        return [_plain(element) for element in value]
    if isinstance(value, tuple):
        return tuple(_plain(element) for element in value)
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}:{value.__qualname__}"
    try:
        encode_value(value)
    except UnsupportedValueError:
        return repr(value)
    return value


def _plain_key(key: Any) -> Any:
    try:
        encode_dict({key: None})
    except UnsupportedValueError:
        return repr(key)
    return key
