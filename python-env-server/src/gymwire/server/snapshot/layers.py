# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Saves and restores the state of one environment, wrapper by wrapper, as plain values."""

import hashlib
import sys
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np

from gymwire.codec import UnsupportedValueError, encode_value
from gymwire.codec.values import MAX_DEPTH
from gymwire.server.errors import InvalidRequestError, SnapshotUnsupportedError, WrongStateError
from gymwire.server.snapshot.known import class_name, is_registered, kind_of
from gymwire.server.snapshot.parts import check_keys
from gymwire.server.snapshot.registered import RegisteredAttribute
from gymwire.server.snapshot.sampling import check_generators, put_generators, take_generators
from gymwire.server.snapshot.sharing import check_unshared

# Settings (see `_settings`) of these types are saved as they are, so that an error can show them. Classes and dtypes
# are saved as text, and other settings as a digest.
_SMALL = (type(None), bool, int, float, str, np.generic)

# The key of the generators of all spaces. Only the innermost environment has it, and only if a space has a generator.
_SPACES = "spaces"


def take_state(env: gymnasium.Env[Any, Any]) -> list[dict[str, Any]]:
    """Returns the state of an environment: one dict for each wrapper, from the outermost, and one for the innermost
    environment. Raises SnapshotUnsupportedError if the server cannot save a part of the state."""
    layers = list(_layers(env))
    state: list[dict[str, Any]] = []
    for layer in layers:
        kind = kind_of(type(layer))
        state.append(
            {
                "class": class_name(type(layer)),
                "state": {part.name: part.take(layer) for part in kind.parts},
                "settings": _settings(layer),
            }
        )
        registered = [part.name for part in kind.parts if isinstance(part, RegisteredAttribute)]
        check_unshared(layer, registered, kind.unshared)
    # Gymnasium's own environments and wrappers do not sample.
    if any(is_registered(type(layer)) for layer in layers) and (generators := take_generators(layers)):
        state[-1][_SPACES] = generators
    return state


def check_state(env: gymnasium.Env[Any, Any], state: Any) -> None:
    """Checks that a state can be restored in an environment; changes nothing. Raises WrongStateError for the state of
    another environment, and InvalidRequestError for a malformed state. Raises SnapshotUnsupportedError if the server
    does not know how to save the state of the environment or of a wrapper, or if it cannot compare a setting."""
    try:
        _check(env, state)
    except ValueError as error:
        # The error becomes one of the server's own errors, because a ValueError would look like an exception of the
        # environment.
        raise InvalidRequestError(str(error)) from None


def put_state(env: gymnasium.Env[Any, Any], state: Any) -> None:
    """Restores a state in an environment; `check_state` must have accepted it."""
    layers = list(_layers(env))
    for layer, saved in zip(layers, state, strict=True):
        for part in kind_of(type(layer)).parts:
            part.put(layer, saved["state"][part.name])
    put_generators(layers, state[-1].get(_SPACES, []))


def _check(env: gymnasium.Env[Any, Any], state: Any) -> None:
    layers = list(_layers(env))
    kinds = [kind_of(type(layer)) for layer in layers]
    here = [class_name(type(layer)) for layer in layers]
    if not isinstance(state, list):
        raise ValueError(f"an environment's state must be a list; got {state!r:.80}")
    for saved in state:
        further = (_SPACES,) if type(saved) is dict and saved is state[-1] and _SPACES in saved else ()
        check_keys("a layer", saved, ("class", "state", "settings", *further))
    there = [str(saved["class"]) for saved in state]
    if there != here:
        raise WrongStateError(f"the session's environment is made of {here}, but the snapshot is of {there!r:.400}")
    for layer, kind, saved in zip(layers, kinds, state, strict=True):
        _compare_settings(class_name(type(layer)), _settings(layer), saved["settings"])
        check_keys(f"the state of {class_name(type(layer))}", saved["state"], tuple(part.name for part in kind.parts))
        for part in kind.parts:
            part.check(layer, saved["state"][part.name])
    check_generators(layers, state[-1].get(_SPACES, []))


def _layers(env: Any) -> Iterator[Any]:
    while isinstance(env, gymnasium.Wrapper):
        yield env
        env = env.env
    yield env


def _settings(layer: Any) -> dict[str, Any]:
    """Returns the settings of a layer (a wrapper or the innermost environment): all attributes that are neither a part
    of its state nor ignored. Pictures are left out, because they are only for rendering. Attributes that are None are
    left out too, because an attribute for a picture is None before the picture is loaded."""
    kind = kind_of(type(layer))
    known = kind.ignored.union(*(part.attributes for part in kind.parts))
    names = [name for name in sorted(vars(layer).keys() - known) if not _is_picture(vars(layer)[name])]
    return {name: _summary(layer, name) for name in names if vars(layer)[name] is not None}


def _is_picture(value: Any, depth: int = 0) -> bool:
    """Returns whether the value is a picture, or a list, tuple or dict of pictures (also nested)."""
    pygame = sys.modules.get("pygame")
    if isinstance(value, (list, tuple, dict)):
        pictures = list(value.values() if isinstance(value, dict) else value)
        return bool(pictures) and depth < MAX_DEPTH and all(_is_picture(each, depth + 1) for each in pictures)
    return pygame is not None and isinstance(value, pygame.Surface)


def _summary(layer: Any, name: str) -> Any:
    value = vars(layer)[name]
    if isinstance(value, _SMALL):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind == "S":
        value = (value.shape, value.tobytes())
    if isinstance(value, (type, np.dtype)):
        return str(value)
    if name == "P" and any(base.__module__.startswith("gymnasium.envs.toy_text") for base in type(layer).__mro__):
        # In Gymnasium's toy environments, P is the transition table, with up to thousands of tuples. repr is the
        # fastest way to turn them into text.
        return hashlib.sha256(repr(value).encode()).hexdigest()
    try:
        return hashlib.sha256(_packed(_without_classes(value))).hexdigest()
    except UnsupportedValueError as error:
        raise SnapshotUnsupportedError(
            f"it is not known whether {type(layer).__name__}.{name} is state or a setting, and its value cannot be"
            f" compared: {error}; call register_state, with {name} in ignore if it does not affect results"
        ) from None


def _without_classes(value: Any, depth: int = 0) -> Any:
    """Returns the value with text in place of classes and dtypes, also inside dicts, lists and tuples. For example, the
    wrapper DtypeObservation keeps its arguments in a dict, and one of them is a class."""
    if isinstance(value, (type, np.dtype)):
        return str(value)
    if depth > MAX_DEPTH:
        raise UnsupportedValueError(f"it is nested more than {MAX_DEPTH} deep, or it contains itself")
    if type(value) is dict:
        return {key: _without_classes(element, depth + 1) for key, element in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_without_classes(element, depth + 1) for element in value)
    return value


def _packed(value: Any) -> bytes:
    return encode_value(value).SerializeToString(deterministic=True)


def _shown(settings: dict[str, Any], name: str) -> str:
    return f"{settings[name]!r:.80}" if name in settings else "absent"


def _compare_settings(layer: str, here: dict[str, Any], there: Any) -> None:
    if type(there) is not dict:
        raise ValueError(f"the settings of {layer} must be a dict; got {there!r:.80}")
    for name in sorted({*here, *map(str, there)}):
        if _packed(here.get(name)) != _packed(there.get(name)):
            raise WrongStateError(
                f"{layer}.{name} is {_shown(here, name)} here, but {_shown(there, name)} in "
                "the snapshot; make the session with the arguments of the snapshot's session, or, if steps or resets "
                f"change {name}, name it in register_state"
            )
