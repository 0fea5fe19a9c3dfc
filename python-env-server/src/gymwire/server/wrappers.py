# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Gymnasium's wrappers by name, and one of Gymwire's own."""

import difflib
from copy import deepcopy
from typing import Any, NamedTuple

import gymnasium
import gymnasium.wrappers
import numpy as np
from gymnasium.error import DependencyNotInstalled

from gymwire.server.errors import InvalidRequestError, MissingDependencyError, RefusedError
from gymwire.server.masks import ActionMaskObservation

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
    "Autoreset": "the session resets by MakeRequest.autoreset_mode",
    "HumanRendering": "it opens a window on the server; use render_mode",
    "TransformAction": "it takes a function, which cannot travel",
    "TransformObservation": "it takes a function, which cannot travel",
    "TransformReward": "it takes a function, which cannot travel",
    "ArrayConversion": "it makes arrays of another library, which cannot travel",
    "JaxToNumpy": "it takes arrays of another library, which cannot travel",
    "JaxToTorch": "it makes arrays of another library, which cannot travel",
    "NumpyToTorch": "it makes arrays of another library, which cannot travel",
}


class NamedWrapper(NamedTuple):
    """Names a wrapper and its arguments."""

    name: str
    kwargs: dict[str, Any]


def check_wrapper(wrapper: NamedWrapper, allow_files: bool) -> None:
    """Refuses what is no wrapper of Gymnasium's, or cannot be used by name, or writes files without permission."""
    name = wrapper.name
    if name in _REFUSED:
        raise InvalidRequestError(f"the wrapper {name} cannot be used through the server: {_REFUSED[name]}")
    if name in _WRITE_FILES and not allow_files:
        raise RefusedError(
            f"the wrapper {name} writes files on the server; let its operator start it with --allow-files, "
            "or fetch pictures with Render and write them yourself"
        )
    known = sorted(_ALLOWED | _OWN.keys())
    if name not in known and name not in _WRITE_FILES:
        near = difflib.get_close_matches(name[:100], known, n=3)
        advice = f"did you mean {' or '.join(near)}?" if near else f"the known ones: {', '.join(known)}"
        raise InvalidRequestError(f"gymnasium.wrappers has no wrapper {name!r} that can be used by name; {advice}")


def wrap(env: gymnasium.Env[Any, Any], wrapper: NamedWrapper) -> gymnasium.Env[Any, Any]:
    """Puts a checked wrapper around an environment."""
    name, kwargs = wrapper.name, deepcopy(wrapper.kwargs)
    try:
        if name == "DtypeObservation" and isinstance(kwargs.get("dtype"), str):
            # The class itself is asked for, and a class cannot travel.
            kwargs["dtype"] = np.dtype(kwargs["dtype"]).type
        return (_OWN.get(name) or getattr(gymnasium.wrappers, name))(env, **kwargs)
    except (DependencyNotInstalled, ImportError) as error:
        raise MissingDependencyError(f"the wrapper {name} needs a package that is not installed: {error}") from error
    except Exception as error:
        text = " ".join(str(error).split()) or type(error).__name__
        message = f"the wrapper {name} refuses this environment or the arguments {kwargs}: {text}"
        raise InvalidRequestError(message) from error
