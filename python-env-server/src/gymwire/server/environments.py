# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Finds and makes registered environments. The errors say what the user can do."""

import difflib
import importlib
import importlib.util
import re
from typing import Any

import gymnasium
from gymnasium.envs.registration import EnvSpec, load_env_creator
from gymnasium.error import DependencyNotInstalled

from gymwire.server.errors import (
    InvalidRequestError,
    MissingDependencyError,
    RefusedArgumentsError,
    UnknownEnvironmentError,
)
from gymwire.server.extra import install_command
from gymwire.server.failures import PASSED_ON, describe
from gymwire.server.security import Rules
from gymwire.v1 import environment_service_pb2 as pb

# For each package, the extra of Gymnasium that installs it.
_EXTRAS = {"box2d": "box2d", "pygame": "classic-control", "mujoco": "mujoco", "jax": "jax", "ale_py": "atari"}

# Longer ids are not compared with the known ids: the comparison takes time, and the client chooses the length.
_LONGEST_ID = 200


def find_spec(env_id: str, rules: Rules) -> EnvSpec:
    """Returns the specification registered under an id. Raises UnknownEnvironmentError if the id is not registered; the
    message names similar ids, if there are any. Raises InvalidRequestError if the module in the id cannot be imported.
    Raises RefusedError if the operator's rules forbid the id or its module."""
    # Only a registered id, or an id with a module, is checked here. Any other id is probably misspelt: the error below
    # then names similar ids.
    if ":" in env_id or env_id in gymnasium.registry:
        rules.check_env_id(env_id)
    module, _, name = env_id.rpartition(":")
    if module:
        import_module(module)
    spec = gymnasium.registry.get(name)
    if spec is None:
        raise UnknownEnvironmentError(
            f"no environment is registered as {env_id!r}; {_advice(module, name, rules)}"
        ) from (_unknown(name) if len(name) <= _LONGEST_ID else None)
    return spec


def _advice(module: str, name: str, rules: Rules) -> str:
    """Returns the advice for an id that is not registered."""
    near = nearest_ids(name, rules)
    known = f"similar registered ids: {', '.join(near)}" if near else "./gymwire info lists the registered ids"
    if module:
        return f"the module {module!r} is imported and does not register it; {known}"
    return (
        f"{known}; if the requested id is from another package, install the package (./gymwire pip install PACKAGE), "
        f"and import the module that registers the id (--import MODULE, or MODULE:{name[:_LONGEST_ID]})"
    )


def _unknown(env_id: str) -> Exception | None:
    """Returns Gymnasium's error for an id that is not registered. The error names the unknown part of the id."""
    try:
        gymnasium.spec(env_id)
    except gymnasium.error.Error as error:
        return error
    return None


def nearest_ids(env_id: str, rules: Rules, count: int = 4) -> list[str]:
    """Returns up to `count` registered ids that the user may have meant. If only the version or the case of `env_id` is
    wrong, these are the newest ids with its name. Otherwise, they are the newest version of each similar name."""
    if len(env_id) > _LONGEST_ID:
        return []
    wanted = _base_name(env_id)
    names: dict[str, list[str]] = {}
    for known in visible_ids(rules):
        names.setdefault(_base_name(known), []).append(known)
    close = difflib.get_close_matches(wanted, names, n=count, cutoff=0.6)
    newest_first = [sorted(names[name], key=_version, reverse=True) for name in close]
    if not newest_first or close[0] == wanted:
        return [known for versions in newest_first[:1] for known in versions][:count]
    return [versions[0] for versions in newest_first]


def visible_ids(rules: Rules) -> list[str]:
    """Returns the ids of the environments that clients may make, sorted."""
    return sorted(env_id for env_id in list(gymnasium.registry) if rules.lists(env_id))


def make_env(spec: EnvSpec, kwargs: dict[str, Any], max_episode_steps: int | None) -> gymnasium.Env[Any, Any]:
    """Makes one environment. Raises MissingDependencyError if an import fails. If the missing package is known, the
    message says how to install it. Raises RefusedArgumentsError if the environment refuses the arguments in `kwargs`.
    """
    try:
        return gymnasium.make(spec, max_episode_steps=max_episode_steps, disable_env_checker=True, **kwargs)
    except (DependencyNotInstalled, ImportError) as error:
        raise MissingDependencyError(_missing_dependency(spec.id, error)) from error
    except (TypeError, ValueError) as error:
        if kwargs:
            raise RefusedArgumentsError(f"{spec.id} refuses the arguments {kwargs}: {describe(error)}") from error
        raise


def check_importable(spec: EnvSpec) -> None:
    """Raises MissingDependencyError when the code of an environment cannot be imported here."""
    reason = unavailable_reason(spec)
    if reason:
        raise MissingDependencyError(reason)


def unavailable_reason(spec: EnvSpec) -> str:
    """Returns why the code of an environment cannot be imported here, or an empty string when it can be imported."""
    try:
        if isinstance(spec.entry_point, str):
            load_env_creator(spec.entry_point)
        elif getattr(spec.entry_point, "__module__", "") == "gymnasium.envs":
            # This is Gymnasium's placeholder for an environment that moved to another package. It only raises an error.
            spec.entry_point()  # type: ignore[misc]
    except PASSED_ON:
        raise
    except BaseException as error:  # A module can raise anything while it is imported.
        return _missing_dependency(spec.id, error)
    return ""


def encode_spec(spec: EnvSpec) -> pb.EnvironmentSpec:
    """Returns the message for a specification. Without an episode limit, the field `max_episode_steps` is left out."""
    limited = spec.max_episode_steps is not None and spec.max_episode_steps > 0
    return pb.EnvironmentSpec(
        env_id=spec.id,
        max_episode_steps=spec.max_episode_steps if limited else None,
        reward_threshold=spec.reward_threshold,
        nondeterministic=spec.nondeterministic,
    )


def import_module(name: str) -> None:
    """Imports a module that registers environments. Raises InvalidRequestError if it cannot be imported."""
    try:
        importlib.import_module(name)
    except PASSED_ON:
        raise
    except BaseException as error:
        raise InvalidRequestError(
            f"the module {name!r} cannot be imported: {describe(error)}; check its name and that its package is "
            "installed (./gymwire pip install PACKAGE)"
        ) from error


def _missing_dependency(env_id: str, error: BaseException) -> str:
    text = f"{getattr(error, 'name', None) or ''} {error}".lower()
    for package, extra in _EXTRAS.items():
        if package in text and importlib.util.find_spec(_import_name(package)) is None:
            return (
                f"{env_id} needs the package {package}, which is not installed; install it with "
                f"{install_command(f'gymnasium[{extra}]=={gymnasium.__version__}')}"
            )
    return f"{env_id} cannot be made here: {_first_line(error)}"


def _import_name(package: str) -> str:
    return "Box2D" if package == "box2d" else package


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0]


def _base_name(env_id: str) -> str:
    return re.sub(r"-?v\d+$", "", env_id.lower())


def _version(env_id: str) -> int:
    match = re.search(r"-v(\d+)$", env_id)
    return int(match.group(1)) if match else -1
