# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""OpenGL without a screen, for MuJoCo."""

import ctypes.util
import os
import sys

_LIBRARIES = {"egl": "EGL", "osmesa": "OSMesa"}


def choose_opengl() -> None:
    """Selects a library with which MuJoCo can render without a screen, if the system has one. This function must run
    before MuJoCo is imported."""
    if sys.platform != "linux" or os.environ.get("MUJOCO_GL"):
        return
    for backend, library in _LIBRARIES.items():
        if ctypes.util.find_library(library) is not None:
            os.environ["MUJOCO_GL"] = backend
            return


def missing_opengl() -> str:
    """Returns the error message for a missing OpenGL library; an empty string if MuJoCo can render."""
    if sys.platform != "linux":
        return ""
    backend = os.environ.get("MUJOCO_GL", "")
    if backend in _LIBRARIES:
        found = ctypes.util.find_library(_LIBRARIES[backend]) is not None
    else:
        found = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if found:
        return ""
    return (
        f"MuJoCo finds no OpenGL to draw with (MUJOCO_GL={backend!r}); install a software OpenGL, e.g. with "
        "'apt-get install libegl1 libgl1-mesa-dri' (EGL) or 'apt-get install libosmesa6' (OSMesa), and "
        "restart the server"
    )
