# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The operator's rules for clients: which environments they may make, and whether their requests may name code or
files, use attributes and methods of environments, or open windows."""

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gymwire.server.errors import InvalidRequestError, RefusedError

# Gymnasium's adapters for old environments. They get the id of the old environment as an argument, and accept any id,
# even one that imports code.
_HIDDEN_IDS = frozenset({"GymV21Environment-v0", "GymV26Environment-v0"})

# Arguments of gymnasium.make itself, which kwargs may not contain: MakeRequest has fields for them, or the server sets
# them.
_MAKE_ARGUMENTS = {
    "id": "use env_id",
    "max_episode_steps": "use MakeRequest.max_episode_steps",
    "disable_env_checker": "it is always True",
    "render_mode": "use MakeRequest.render_mode",
}
_FILE_ARGUMENT = re.compile(r"(^|_)(file|filename|path|dir|directory|folder)$")


@dataclass(frozen=True)
class Rules:
    """The rights of clients. Without any rule, clients may only make registered environments, with known wrappers
    around them. They may reset, step and render these environments, and take and restore snapshots of them."""

    modules: tuple[str, ...] = ()
    """Modules that the server imports for its operator; clients may name them as in ``module:Id``."""
    env_patterns: tuple[str, ...] = ()
    """Shell patterns of the environment ids that may be made. Without patterns, every registered id is allowed. In both
    cases, the ids in `_HIDDEN_IDS` are allowed only with `imports`."""
    imports: bool = False
    """Clients may name code that the server imports: ``module:Id``, ``entry_point``."""
    files: bool = False
    """Clients may name files that environments and wrappers read or write."""
    calls: bool = False
    """Clients may read and set attributes of the environments and call their methods."""
    human: bool = False
    """Clients may ask for the render mode "human", which opens windows on the server's machine."""

    def lists(self, env_id: str) -> bool:
        """Returns whether clients may make environments with this id. `env_id` is the id without a module.
        ListEnvironments lists only registered ids for which this method returns True."""
        if env_id in _HIDDEN_IDS and not self.imports:
            return False
        return not self.env_patterns or any(fnmatch.fnmatchcase(env_id, pattern) for pattern in self.env_patterns)

    def check_env_id(self, env_id: str) -> None:
        """Refuses an id that imports code without permission, and an id that the operator does not allow."""
        module, _, name = env_id.rpartition(":")
        if name in _HIDDEN_IDS and not self.imports:
            raise RefusedError(
                f"the environment id {env_id!r} would import code that the client names "
                "(--allow-import lets clients import)"
            )
        if module:
            self.check_module(module, f"the environment id {env_id!r}")
        if not self.lists(name):
            raise RefusedError(
                f"the server's operator does not allow the environment {env_id!r}, but only "
                f"{', '.join(self.env_patterns)}; use one of these, or ask the operator to extend --allow-env"
            )

    def check_module(self, module: str, what: str) -> None:
        """Raises RefusedError unless the operator has imported the module or lets clients import modules. `what` is the
        part of the request that names the module, for the error message."""
        if not self.imports and module not in self.modules:
            raise RefusedError(
                f"{what} would import code that the client names; ask the server's operator "
                f"to start the server with --import {module} (--allow-import lets clients import)"
            )

    def check_kwargs(self, kwargs: dict[str, Any]) -> None:
        """Refuses arguments of gymnasium.make itself, and constructor arguments that `check_files` refuses."""
        for name in kwargs:
            if name in _MAKE_ARGUMENTS:
                raise InvalidRequestError(f"kwargs may not contain {name!r}: {_MAKE_ARGUMENTS[name]}")
        self.check_files(kwargs)

    def check_files(self, kwargs: dict[str, Any]) -> None:
        """Refuses arguments of an environment or a wrapper that name files or code, unless the rules allow this."""
        for name, value in _named_values(kwargs):
            if name == "entry_point" and not self.imports:
                raise RefusedError(
                    f"the argument {name}={value!r} names code on the server; ask the server's operator to register "
                    "an environment that uses this code, with --import MODULE (--allow-import lets clients import)"
                )
            if (_FILE_ARGUMENT.search(name) or _contains_path(value)) and not self.files:
                raise RefusedError(
                    f"the argument {name}={value!r} names a file on the server; ask the server's operator to register "
                    "an environment that uses this file, with --import MODULE (--allow-files lets clients name files)"
                )


def _named_values(value: object) -> Iterator[tuple[str, object]]:
    """Returns the entries of every dict in `value`, but leaves out each entry with a key that is not a string. A
    dict can be `value` itself. It can also be inside other dicts, lists, tuples and numpy arrays of objects."""
    if isinstance(value, dict):
        for key, element in value.items():
            if isinstance(key, str):
                yield key, element
            yield from _named_values(element)
    elif isinstance(value, (list, tuple)):
        for element in value:
            yield from _named_values(element)
    elif isinstance(value, np.ndarray) and value.dtype == object:
        yield from _named_values(value.tolist())


def _contains_path(value: object) -> bool:
    if isinstance(value, str):
        return "/" in value or "\\" in value
    if isinstance(value, bytes):
        return b"/" in value or b"\\" in value
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "OSU" and _contains_path(value.tolist())
    if isinstance(value, (list, tuple)):
        return any(_contains_path(element) for element in value)
    if isinstance(value, dict):
        return any(_contains_path(key) or _contains_path(element) for key, element in value.items())
    return False
