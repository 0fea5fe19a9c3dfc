# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Finds wrappers by name: Gymnasium's wrappers, one wrapper of Gymwire, and wrappers of other modules as
``module:Class``."""

import difflib
import importlib
import importlib.util
from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import gymnasium
import gymnasium.wrappers
import numpy as np
from gymnasium.error import DependencyNotInstalled
from gymnasium.spaces import Box

from gymwire.server.errors import InvalidRequestError, MissingDependencyError, RefusedError
from gymwire.server.extra import install_command
from gymwire.server.failures import PASSED_ON, describe
from gymwire.server.masks import ActionMaskObservation
from gymwire.server.security import Rules

_ALLOWED = frozenset(
    {
        "AddRenderObservation",
        "AddWhiteNoise",
        "AtariPreprocessing",
        "ClipAction",
        "ClipReward",
        "DelayObservation",
        "DiscretizeAction",
        "DiscretizeObservation",
        "DtypeObservation",
        "FilterObservation",
        "FlattenObservation",
        "FrameStackObservation",
        "GrayscaleObservation",
        "MaxAndSkipObservation",
        "NormalizeObservation",
        "NormalizeReward",
        "ObstructView",
        "OrderEnforcing",
        "PassiveEnvChecker",
        "RecordEpisodeStatistics",
        "RenderCollection",
        "RepeatAction",
        "RescaleAction",
        "RescaleObservation",
        "ReshapeObservation",
        "ResizeObservation",
        "StickyAction",
        "TimeAwareObservation",
        "TimeLimit",
    }
)
_OWN = {wrapper.__name__: wrapper for wrapper in (ActionMaskObservation,)}
_WRITE_FILES = frozenset({"RecordVideo"})
_REFUSED = {
    "Autoreset": "the session resets its environments according to MakeRequest.autoreset_mode",
    "HumanRendering": "it opens a window on the server; use the render_mode 'rgb_array' and Render",
    "TransformAction": "it takes a function, which cannot be sent",
    "TransformObservation": "it takes a function, which cannot be sent",
    "TransformReward": "it takes a function, which cannot be sent",
    "ArrayConversion": "it makes arrays of another library, which cannot be sent",
    "JaxToNumpy": "it needs an environment with arrays of another library, which cannot be sent",
    "JaxToTorch": "it makes arrays of another library, which cannot be sent",
    "NumpyToTorch": "it makes arrays of another library, which cannot be sent",
}
# Arguments of Gymnasium's wrappers that may be tuples, and arguments that may be arrays. Most of them may not be lists.
_TUPLES = frozenset(
    {
        ("AtariPreprocessing", "screen_size"),
        ("ResizeObservation", "shape"),
        ("ReshapeObservation", "shape"),
        ("StickyAction", "repeat_action_duration"),
    }
)
_ARRAYS = frozenset(
    {
        ("ClipReward", "min_reward"),
        ("ClipReward", "max_reward"),
        ("RescaleAction", "min_action"),
        ("RescaleAction", "max_action"),
        ("RescaleObservation", "min_obs"),
        ("RescaleObservation", "max_obs"),
    }
)
# For modules that Gymnasium's wrappers import: a word from the error when the module is missing, and the package to
# install. opencv-python-headless needs no libraries for windows, which servers often lack.
_REQUIREMENTS = {"cv2": ("opencv", "opencv-python-headless"), "moviepy": ("moviepy", "moviepy")}


class NamedWrapper(NamedTuple):
    """The name of a wrapper, and its arguments."""

    name: str
    kwargs: dict[str, Any]


def check_wrapper(wrapper: NamedWrapper, rules: Rules) -> None:
    """Refuses a wrapper that does not exist, that cannot be used by name, or that clients may not use."""
    name = wrapper.name
    module, _, _ = name.rpartition(":")
    if module:
        rules.check_module(module, f"the wrapper {name}")
        _load(name)
        return
    if name in _REFUSED:
        raise InvalidRequestError(f"the wrapper {name} cannot be used through the server: {_REFUSED[name]}")
    if name in _WRITE_FILES and not rules.files:
        raise RefusedError(
            f"the wrapper {name} writes files on the server; ask the operator to start the server with "
            "--allow-files, or fetch pictures with Render and write them yourself"
        )
    known = sorted(_ALLOWED | _OWN.keys())
    if name not in known and name not in _WRITE_FILES:
        near = difflib.get_close_matches(name[:100], known, n=3)
        advice = f"did you mean {' or '.join(near)}?" if near else f"the known wrappers: {', '.join(known)}"
        raise InvalidRequestError(f"gymnasium.wrappers has no wrapper {name!r} that can be used by name; {advice}")


def wrap(env: gymnasium.Env[Any, Any], wrapper: NamedWrapper) -> gymnasium.Env[Any, Any]:
    """Puts an environment into a wrapper that `check_wrapper` has accepted."""
    name = wrapper.name
    try:
        kwargs = _converted(env, name, deepcopy(wrapper.kwargs))
        return _load(name)(env, **kwargs)
    except (DependencyNotInstalled, ImportError) as error:
        raise MissingDependencyError(_missing_package(name, error)) from error
    except PASSED_ON:
        raise
    except BaseException as error:
        text = " ".join(str(error).split()) or describe(error)
        message = f"the wrapper {name} refuses this environment or the arguments {wrapper.kwargs}: {text}"
        raise InvalidRequestError(message) from error


def _converted(env: gymnasium.Env[Any, Any], name: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments of a wrapper with the types that the wrapper needs. A client may not be able to send these
    types: a class cannot be sent at all, and JSON has neither tuples nor arrays."""
    for key, value in kwargs.items():
        if (name, key) == ("DtypeObservation", "dtype") and isinstance(value, str):
            kwargs[key] = np.dtype(value).type
        elif isinstance(value, list) and (name, key) in _TUPLES:
            kwargs[key] = tuple(value)
        elif isinstance(value, list) and (name, key) in _ARRAYS:
            space = env.action_space if name == "RescaleAction" else env.observation_space
            dtype = space.dtype if name != "ClipReward" and isinstance(space, Box) else None
            # In a space of integers, a fraction stays a fraction, so that the wrapper itself accepts or refuses it.
            kwargs[key] = np.asarray(value, dtype if dtype is not None and dtype.kind == "f" else None)
    return kwargs


def _missing_package(name: str, error: ImportError | DependencyNotInstalled) -> str:
    """Returns the message for a wrapper that needs a package which cannot be imported."""
    text = str(error).lower()
    for module, (word, requirement) in _REQUIREMENTS.items():
        if word in text and importlib.util.find_spec(module) is None:
            return (
                f"the wrapper {name} needs the package {requirement}, which is not installed; install it with "
                f"{install_command(requirement)}"
            )
    # The cause is e.g. a missing library of an installed package.
    cause = "" if error.__cause__ is None else f" ({describe(error.__cause__)})"
    return f"the wrapper {name} needs a package that cannot be imported: {error}{cause}"


def _load(name: str) -> Callable[..., gymnasium.Env[Any, Any]]:
    """Returns the class with a wrapper's name. For ``module:Class``, the result can be any callable of the module."""
    module, _, class_name = name.rpartition(":")
    if not module:
        return _OWN.get(name) or getattr(gymnasium.wrappers, name)
    try:
        found = importlib.import_module(module)
    except PASSED_ON:
        raise
    except BaseException as error:
        raise InvalidRequestError(
            f"the wrapper {name} cannot be imported: {describe(error)}; check the module's name and that its package "
            "is installed"
        ) from error
    wrapper = getattr(found, class_name, None)
    if not callable(wrapper):
        raise InvalidRequestError(f"the module {module} has no wrapper {class_name!r}; check the name")
    return wrapper
