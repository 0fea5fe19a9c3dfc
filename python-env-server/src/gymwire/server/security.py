# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""What the server refuses: addresses that other machines reach, and requests that import code or read files."""

import re
from typing import Any

from gymwire.server.errors import InvalidRequestError, RefusedError

_LOOPBACK_HOSTS = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "[::1]": "[::1]"}

# Gymnasium's adapters for old environments make any id they are given, imports included.
_HIDDEN_IDS = frozenset({"GymV21Environment-v0", "GymV26Environment-v0"})

# Arguments of gymnasium.make itself, which have a field of their own or are the server's business.
_MAKE_ARGUMENTS = {
    "id": "use env_id",
    "max_episode_steps": "use MakeRequest.max_episode_steps",
    "disable_env_checker": "it is always on",
}
_FILE_ARGUMENT = re.compile(r"(^|_)(file|filename|path|dir|directory|folder)$|^entry_point$")


def check_address(address: str) -> str:
    """Returns the address in gRPC's form; InvalidRequestError when malformed, RefusedError when others can reach it."""
    if address.startswith("unix:"):
        path = address.removeprefix("unix:")
        if not path:
            raise InvalidRequestError("the address 'unix:' names no path; write e.g. unix:/run/user/1000/gymwire.sock")
        if len(path.encode()) > 103:
            raise InvalidRequestError(
                f"the socket path {path} has {len(path.encode())} bytes, but systems allow 103; choose a shorter one"
            )
        return address
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise InvalidRequestError(
            f"the address {address!r} is not HOST:PORT with a port from 0 to 65535, nor unix:PATH; "
            "write e.g. 127.0.0.1:0 (any free port) or unix:/run/user/1000/gymwire.sock"
        )
    if host not in _LOOPBACK_HOSTS:
        raise RefusedError(
            f"will not listen on {address}: other machines could run environments here without any authentication; "
            f"use 127.0.0.1:{port}, [::1]:{port} or unix:PATH, and an ssh tunnel to reach it from elsewhere"
        )
    return f"{_LOOPBACK_HOSTS[host]}:{port}"


def is_hidden(env_id: str) -> bool:
    """Says that an environment is neither listed nor made, though it is registered."""
    return env_id in _HIDDEN_IDS


def check_env_id(env_id: str) -> None:
    """Refuses ids that import code."""
    if ":" in env_id or is_hidden(env_id):
        raise RefusedError(
            f"the environment id {env_id!r} would import code that the client names; "
            "let the server's operator start it with --import MODULE, then use the id that the module registers"
        )


def check_kwargs(kwargs: dict[str, Any]) -> None:
    """Refuses constructor arguments that name files or code."""
    for name, value in kwargs.items():
        if name in _MAKE_ARGUMENTS:
            raise InvalidRequestError(f"kwargs may not hold {name!r}: {_MAKE_ARGUMENTS[name]}")
        if _FILE_ARGUMENT.search(name) or _holds_path(value):
            raise RefusedError(
                f"the argument {name}={value!r} names a file or code on the server; let the server's operator register "
                "an environment that has it built in, with --import MODULE"
            )


def _holds_path(value: object) -> bool:
    if isinstance(value, str):
        return "/" in value or "\\" in value
    if isinstance(value, (list, tuple)):
        return any(_holds_path(element) for element in value)
    if isinstance(value, dict):
        return any(_holds_path(element) for element in value.values())
    return False
