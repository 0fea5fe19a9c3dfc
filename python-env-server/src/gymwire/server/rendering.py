# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Renders environments. Before this, checks OpenGL (for MuJoCo), the render mode, the camera, and the operator's limits
on the number of pictures."""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.envs.registration import EnvSpec, load_env_creator
from gymnasium.wrappers import RenderCollection

from gymwire.codec import UnsupportedValueError, encode_value
from gymwire.server.errors import (
    InvalidRequestError,
    MissingDependencyError,
    QuotaError,
    RefusedError,
    UnsupportedResultError,
)
from gymwire.server.limits import Limits
from gymwire.server.opengl import missing_opengl
from gymwire.v1 import value_pb2

_LIST = "_list"
# An array in a message has its elements and some other bytes. The other bytes are fewer than this number.
_HEADER_BYTES = 100


def check_can_draw(env: gymnasium.Env[Any, Any]) -> None:
    """Raises MissingDependencyError for a MuJoCo environment when MuJoCo finds no OpenGL, except in the render mode
    "human"."""
    is_mujoco = any(kind.__name__ == "MujocoEnv" for kind in type(env.unwrapped).__mro__)
    if is_mujoco and env.render_mode != "human" and (missing := missing_opengl()):
        raise MissingDependencyError(missing)


def check_camera(env: gymnasium.Env[Any, Any]) -> None:
    """Refuses a camera that the model of a MuJoCo environment does not have. With such a camera, MuJoCo would end the
    process when it renders."""
    renderer = getattr(env.unwrapped, "mujoco_renderer", None)
    camera, model = getattr(renderer, "camera_id", None), getattr(renderer, "model", None)
    if camera is None or model is None:
        return
    # -1 is MuJoCo's free camera, which every model has.
    if not isinstance(camera, (int, np.integer)) or not -1 <= camera < model.ncam:
        raise InvalidRequestError(f"camera_id must be from -1 to {model.ncam - 1} for this model; got {camera!r}")


def check_render_mode(spec: EnvSpec, mode: str, human: bool) -> None:
    """Refuses a mode that the environment does not have, and "human" unless the operator allows it."""
    if mode == "human" and not human:
        raise RefusedError(
            "the render mode 'human' opens a window on the server's machine; use 'rgb_array' and Render, or ask the "
            "server's operator to start it with --allow-human"
        )
    creator = load_env_creator(spec.entry_point) if isinstance(spec.entry_point, str) else spec.entry_point
    metadata = getattr(creator, "metadata", None)
    if not isinstance(metadata, dict):
        return
    modes = list(metadata.get("render_modes", []))
    # Gymnasium itself adds these modes, which collect pictures in a list.
    lists = [each + _LIST for each in modes if each != "human" and not each.endswith(_LIST)]
    if mode not in [*modes, *lists]:
        raise InvalidRequestError(
            f"{spec.id} has no render mode {mode!r}; it has {', '.join([*modes, *lists]) or 'none'}"
        )


def render(env: gymnasium.Env[Any, Any]) -> value_pb2.Value:
    """Renders one environment."""
    frame = env.render()
    try:
        return encode_value(frame)
    except UnsupportedValueError as error:
        raise UnsupportedResultError(f"the result of render() of {env} cannot be sent: {error}") from None


def waiting_bytes(env: gymnasium.Env[Any, Any]) -> tuple[int, int]:
    """Returns the size of all pictures that an environment has collected for the next `render`, and the size of the
    latest one, both rounded up. Both are 0 for an environment that collects without Gymnasium's wrapper."""
    while isinstance(env, gymnasium.Wrapper) and not isinstance(env, RenderCollection):
        env = env.env
    sizes = [_size(picture) for picture in env.frame_list] if isinstance(env, RenderCollection) else []
    return sum(sizes), sizes[-1] if sizes else 0


def _size(picture: Any) -> int:
    if isinstance(picture, (list, tuple)):
        return _HEADER_BYTES + sum(map(_size, picture))
    if isinstance(picture, np.ndarray) and picture.dtype != object:
        return _HEADER_BYTES + picture.nbytes
    try:
        return _HEADER_BYTES + encode_value(picture).ByteSize()
    except UnsupportedValueError:
        return 0


class FrameBudget:
    """Counts the pictures that a session of n environments renders and collects, and refuses more than the limits
    allow. `waiting` returns the result of `waiting_bytes` for each environment."""

    def __init__(
        self,
        mode: str | None,
        n: int,
        limits: Limits,
        same_step: bool,
        waiting: Callable[[], Sequence[tuple[int, int]]],
    ) -> None:
        self._collects = mode is not None and mode.endswith(_LIST)
        self._waiting = waiting
        self._limits = limits
        self._n = n
        self._same_step = same_step  # whether a step also resets the environments with an ended episode
        self._drawn = 0
        self._held = np.zeros(n, dtype=np.int64)  # pictures of each environment that wait for Render

    def before_draw(self) -> None:
        """Counts the pictures of a Render in the modes that do not collect pictures. In the other modes, checks that
        the pictures fit into a message, because `render` removes them from the environments. Raises QuotaError if the
        session would exceed a limit."""
        if not self._collects:
            self._draw(self._n)
        elif (size := sum(total for total, _ in self._waiting())) > self._limits.max_message_bytes:
            raise QuotaError(
                f"the pictures that wait have about {size} bytes, but a message may have at most "
                f"{self._limits.max_message_bytes} bytes; make smaller pictures, use fewer environments, or start the "
                "server with a higher --max-message-mib"
            )

    def before_reset(self, mask: npt.NDArray[np.bool_]) -> None:
        """In the modes that collect pictures, counts one picture for each environment that a Reset resets. `mask` has a
        bool for each of the n environments. Raises QuotaError if the session would exceed a limit."""
        if self._collects:
            # A reset drops pictures that were not fetched.
            self._collect(int(self._held[~mask].sum()), int(mask.sum()))

    def before_step(self) -> None:
        """Counts one picture of each environment for a Step in the modes that collect pictures. Raises QuotaError if
        the session would exceed a limit, or if the pictures would no longer fit into one message."""
        if self._collects:
            size = sum(total + latest for total, latest in self._waiting())
            if size > self._limits.max_message_bytes:
                raise QuotaError(
                    f"the pictures that wait would have about {size} bytes after this step, but a message may have at "
                    f"most {self._limits.max_message_bytes} bytes; fetch them with Render first, or start the server "
                    "with a higher --max-message-mib"
                )
            self._collect(int(self._held.sum()), self._n)

    def after_reset(self, mask: npt.NDArray[np.bool_]) -> None:
        """Counts the pictures that wait for Render after a Reset of the environments in `mask`."""
        if self._collects:
            self._held[mask] = 1

    def after_step(self, reset_mask: bytes) -> None:
        """Counts the pictures that wait for Render after a Step. `reset_mask` has one bool for each of the n
        environments: whether the step has reset it."""
        if self._collects:
            reset = np.frombuffer(reset_mask, np.bool_)
            self._held = np.where(reset, 1, self._held + 1)
            if self._same_step:
                # An environment that is reset in the same step draws two pictures. The second one is counted only now.
                # So a session can draw up to n pictures more than `max_frames`.
                self._drawn += int(reset.sum())

    def after_draw(self) -> None:
        """Records that Render has fetched all pictures."""
        self._held[:] = 0

    def _collect(self, held: int, more: int) -> None:
        if held + more > self._limits.max_held_frames:
            raise QuotaError(
                f"the session holds {held} pictures and would collect {more} more, but the server allows "
                f"{self._limits.max_held_frames}; fetch them with Render first, or start the server with a higher "
                "--max-held-frames"
            )
        self._draw(more)

    def _draw(self, more: int) -> None:
        if self._drawn + more > self._limits.max_frames:
            raise QuotaError(
                f"the session has drawn {self._drawn} pictures and would draw {more} more, but the server allows "
                f"{self._limits.max_frames}; open a new session, or start the server with a higher --max-frames"
            )
        self._drawn += more
